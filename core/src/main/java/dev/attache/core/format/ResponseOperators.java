package dev.attache.core.format;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.GrpcStatus;
import dev.attache.core.http.Octets;
import dev.attache.core.http.Request;
import dev.attache.core.http.ResponseFlag;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** What was answered, and why. */
final class ResponseOperators {

    private static final ResponseFlag[] FLAGS = ResponseFlag.values();

    private ResponseOperators() {}

    static void addTo(Map<String, Function<OperatorCall, Operator>> operators) {
        Function<OperatorCall, Operator> header = call -> RequestOperators.headers(call, ResponseOperators::lookup);
        operators.put("RESP", header);
        operators.put("RESPONSE_HEADER", header);
        Function<OperatorCall, Operator> trailer = call -> RequestOperators.headers(call, ResponseOperators::trailer);
        operators.put("TRAILER", trailer);
        operators.put("RESPONSE_TRAILER", trailer);
        operators.put("RESPONSE_CODE", Operators.number(Exchange::status));
        operators.put("RESPONSE_CODE_DETAILS", ResponseOperators::details);
        operators.put("RESPONSE_FLAGS", Operators.plain(flags(ResponseFlag::shortName)));
        operators.put("RESPONSE_FLAGS_LONG", Operators.plain(flags(ResponseFlag::longName)));
        operators.put("BYTES_SENT", Operators.number(Exchange::bytesSent));
        operators.put("LOCAL_REPLY_BODY", Operators.plain((out, exchange) -> {
            out.append(Octets.of(exchange.localReplyBody()));
            return true; // Empty is a body too.
        }));
        operators.put("GRPC_STATUS", ResponseOperators::grpcStatus);
        operators.put("GRPC_STATUS_NUMBER", Operators.number(ResponseOperators::grpcNumber));
    }

    private static Function<Exchange, @Nullable String> lookup(String name) {
        if (name.equals(":status")) {
            return exchange -> exchange.status() == 0 ? null : Integer.toString(exchange.status());
        }
        Function<HttpFields, @Nullable String> field = RequestOperators.field(name);
        return exchange -> field.apply(exchange.responseHeaders());
    }

    private static Function<Exchange, @Nullable String> trailer(String name) {
        Function<HttpFields, @Nullable String> field = RequestOperators.field(name);
        return exchange -> field.apply(exchange.responseTrailers());
    }

    private static Operator details(OperatorCall call) {
        return switch (call.optional()) {
            case "" -> new Operator.Text(exchange -> Escapes.underscored(exchange.details()));
            case "ALLOW_WHITESPACES" -> new Operator.Text(Exchange::details);
            default -> throw call.wrong("(" + call.optional() + ")", "ALLOW_WHITESPACES or no argument");
        };
    }

    /** Without any flag this is {@code -}, also where absent values are left out. */
    private static Operator flags(Function<ResponseFlag, String> name) {
        return (out, exchange) -> {
            if (!exchange.flagged()) {
                out.append('-');
                return true;
            }
            String comma = "";
            for (ResponseFlag flag : FLAGS) {
                if (exchange.flagged(flag)) {
                    out.append(comma).append(name.apply(flag));
                    comma = ",";
                }
            }
            return true;
        };
    }

    private static Operator grpcStatus(OperatorCall call) {
        return switch (call.optional()) {
            case "", "CAMEL_STRING" -> new Operator.Text(exchange -> GrpcStatus.camel(grpcNumber(exchange)));
            case "SNAKE_STRING" -> new Operator.Text(exchange -> GrpcStatus.snake(grpcNumber(exchange)));
            case "NUMBER" -> new Operator.Number(ResponseOperators::grpcNumber);
            default -> throw call.wrong("(" + call.optional() + ")", "CAMEL_STRING, SNAKE_STRING or NUMBER");
        };
    }

    /** The status of a gRPC call; -1 where it is none. */
    private static long grpcNumber(Exchange exchange) {
        Request request = exchange.request();
        return request == null || !Grpc.isGrpc(request.headers()) ? -1 : GrpcStatus.of(exchange);
    }
}
