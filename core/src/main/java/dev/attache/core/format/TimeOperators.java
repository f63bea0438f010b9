package dev.attache.core.format;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;

/** When something happened, and how long it took. */
final class TimeOperators {

    private static final long MILLI = 1_000_000;

    private TimeOperators() {}

    static void addTo(Map<String, Function<OperatorCall, Operator>> operators) {
        operators.put("START_TIME", call -> start(TimeFormat.compile(call, ZoneOffset.UTC)));
        operators.put("START_TIME_LOCAL", call -> start(TimeFormat.compile(call, ZoneId.systemDefault())));
        operators.put("EMIT_TIME", call -> now(TimeFormat.compile(call, ZoneOffset.UTC)));
        operators.put("EMIT_TIME_LOCAL", call -> now(TimeFormat.compile(call, ZoneId.systemDefault())));
        operators.put("DURATION", Operators.number(exchange -> duration(exchange) / MILLI));
        operators.put("REQUEST_DURATION", millis(Phase.DS_RX_BEG, Phase.DS_RX_END));
        operators.put("REQUEST_TX_DURATION", millis(Phase.DS_RX_BEG, Phase.US_TX_END));
        operators.put("RESPONSE_DURATION", millis(Phase.DS_RX_BEG, Phase.US_RX_BEG));
        operators.put("RESPONSE_TX_DURATION", millis(Phase.US_RX_BEG, Phase.DS_TX_END));
        operators.put("COMMON_DURATION", TimeOperators::between);
    }

    private static Operator start(TimeFormat format) {
        return (out, exchange) -> {
            format.append(out, exchange.startMillis());
            return true;
        };
    }

    private static Operator now(TimeFormat format) {
        return (out, exchange) -> {
            format.append(out, System.currentTimeMillis());
            return true;
        };
    }

    /** Until the last byte was sent or, where that did not happen, until now. */
    private static long duration(Exchange exchange) {
        return exchange.reached(Phase.DS_TX_END)
                ? exchange.between(Phase.DS_RX_BEG, Phase.DS_TX_END)
                : System.nanoTime() - exchange.nanos(Phase.DS_RX_BEG);
    }

    private static Function<OperatorCall, Operator> millis(Phase from, Phase to) {
        return Operators.number(exchange -> between(exchange, from, to, MILLI));
    }

    private static Operator between(OperatorCall call) {
        String[] parts = call.required("START:END:ms").split(":", -1);
        if (parts.length != 3) {
            throw call.wrong("(" + call.optional() + ")", "START:END:ms, START:END:us or START:END:ns");
        }
        Phase from = phase(call, parts[0]);
        Phase to = phase(call, parts[1]);
        long unit = switch (parts[2]) {
            case "ms" -> MILLI;
            case "us" -> 1_000;
            case "ns" -> 1;
            default -> throw call.wrong(parts[2], "ms, us or ns");
        };
        return new Operator.Number(exchange -> between(exchange, from, to, unit));
    }

    private static long between(Exchange exchange, Phase from, Phase to, long unit) {
        long nanos = exchange.between(from, to);
        return nanos < 0 ? -1 : nanos / unit;
    }

    private static Phase phase(OperatorCall call, String name) {
        for (Phase phase : Phase.values()) {
            if (phase.name().equals(name)) {
                return phase;
            }
        }
        throw call.wrong(name, "one of " + Arrays.toString(Phase.values()));
    }
}
