package dev.attache.core.format;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.Octets;
import dev.attache.core.http.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** What the client asked: headers, path, query. */
final class RequestOperators {

    private RequestOperators() {}

    static void addTo(Map<String, Function<OperatorCall, Operator>> operators) {
        Function<OperatorCall, Operator> header = call -> headers(call, RequestOperators::lookup);
        operators.put("REQ", header);
        operators.put("REQUEST_HEADER", header);
        operators.put(
                "REQ_WITHOUT_QUERY",
                call -> headers(call, name -> {
                    Function<Exchange, @Nullable String> whole = lookup(name);
                    return exchange -> {
                        String value = whole.apply(exchange);
                        return value == null ? null : path(value);
                    };
                }));
        operators.put(
                "PROTOCOL", Operators.text(exchange -> exchange.downstream().protocol()));
        operators.put("PATH", RequestOperators::path);
        operators.put("QUERY_PARAM", RequestOperators::queryParam);
        operators.put("QUERY_PARAMS", RequestOperators::queryParams);
        operators.put("BYTES_RECEIVED", Operators.number(Exchange::bytesReceived));
        operators.put("ROUTE_NAME", Operators.text(Exchange::routeName));
        operators.put("STREAM_ID", Operators.plain((out, exchange) -> {
            out.append(exchange.id());
            return true;
        }));
    }

    /** {@code NAME(A?B)}: the first value of header A or, where there is none, of B. */
    static Operator headers(OperatorCall call, Function<String, Function<Exchange, @Nullable String>> lookup) {
        String argument = call.required("header");
        int mark = argument.indexOf('?');
        String first = mark < 0 ? argument : argument.substring(0, mark);
        String second = mark < 0 ? "" : argument.substring(mark + 1);
        if (first.isEmpty() || (mark >= 0 && second.isEmpty()) || second.indexOf('?') >= 0) {
            throw call.wrong("(" + argument + ")", "one header, or two with ? between them");
        }
        Function<Exchange, @Nullable String> main = lookup.apply(first.toLowerCase(Locale.ROOT));
        Function<Exchange, @Nullable String> other =
                second.isEmpty() ? null : lookup.apply(second.toLowerCase(Locale.ROOT));
        return (out, exchange) -> {
            String value = main.apply(exchange);
            if (value == null && other != null) {
                value = other.apply(exchange);
            }
            if (value == null) {
                return false;
            }
            out.append(value);
            return true;
        };
    }

    /** Finds the first value of a field by a name in lower case. */
    static Function<HttpFields, @Nullable String> field(String name) {
        HttpHeader known = new HttpField(name, "").getHeader();
        return known == null ? fields -> fields.get(name) : fields -> fields.get(known);
    }

    private static Function<Exchange, @Nullable String> lookup(String name) {
        return switch (name) {
            case ":method" -> ofRequest(Request::method);
            case ":path" -> ofRequest(Request::target);
            case ":scheme" -> ofRequest(Request::scheme);
            case ":authority", "host" ->
                ofRequest(request -> request.authority().isEmpty() ? null : request.authority());
            case "x-envoy-original-path" ->
                exchange -> {
                    String header = header(exchange, field(name));
                    return header == null && !exchange.originalPath().isEmpty() ? exchange.originalPath() : header;
                };
            default -> {
                Function<HttpFields, @Nullable String> field = field(name);
                yield exchange -> header(exchange, field);
            }
        };
    }

    private static Function<Exchange, @Nullable String> ofRequest(Function<Request, @Nullable String> part) {
        return exchange -> {
            Request request = exchange.request();
            return request == null ? null : part.apply(request);
        };
    }

    private static @Nullable String header(Exchange exchange, Function<HttpFields, @Nullable String> field) {
        Request request = exchange.request();
        return request == null ? null : field.apply(request.headers());
    }

    private static Operator path(OperatorCall call) {
        String[] parts = call.optional().split(":", -1);
        boolean withQuery = switch (parts[0]) {
            case "", "WQ" -> true;
            case "NQ" -> false;
            default -> throw call.wrong(parts[0], "WQ or NQ");
        };
        Function<Exchange, String> source = source(call, parts.length > 1 ? parts[1] : "");
        if (parts.length > 2) {
            throw call.wrong("(" + call.optional() + ")", "at most two parts");
        }
        return new Operator.Text(exchange -> withQuery ? source.apply(exchange) : path(source.apply(exchange)));
    }

    private static Function<Exchange, String> source(OperatorCall call, String name) {
        return switch (name) {
            case "", "ORIG_OR_PATH" ->
                exchange -> exchange.originalPath().isEmpty() ? target(exchange) : exchange.originalPath();
            case "ORIG" -> Exchange::originalPath;
            case "PATH" -> RequestOperators::target;
            default -> throw call.wrong(name, "ORIG, PATH or ORIG_OR_PATH");
        };
    }

    private static Operator queryParam(OperatorCall call) {
        String wanted = call.required("parameter");
        return (out, exchange) -> {
            for (String pair : query(target(exchange)).split("&", -1)) {
                int equals = pair.indexOf('=');
                if ((equals < 0 ? pair : pair.substring(0, equals)).equals(wanted)) {
                    out.append(pair, equals < 0 ? pair.length() : equals + 1, pair.length());
                    return true;
                }
            }
            return false;
        };
    }

    private static Operator queryParams(OperatorCall call) {
        return switch (call.optional()) {
            case "", "ORIG" -> new Operator.Text(exchange -> query(target(exchange)));
            case "DECODED" -> new Operator.Text(exchange -> decoded(query(target(exchange))));
            default -> throw call.wrong("(" + call.optional() + ")", "ORIG or DECODED");
        };
    }

    private static String decoded(String query) {
        try {
            return Octets.of(URLDecoder.decode(query.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notEncoded) {
            return query;
        }
    }

    private static String target(Exchange exchange) {
        Request request = exchange.request();
        return request == null ? "" : request.target();
    }

    private static String path(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    private static String query(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? "" : target.substring(mark + 1);
    }
}
