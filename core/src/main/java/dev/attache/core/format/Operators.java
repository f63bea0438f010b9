package dev.attache.core.format;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.Octets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** All operators by name. */
final class Operators {

    private static final Map<String, Function<OperatorCall, Operator>> BY_NAME = new TreeMap<>();

    static {
        RequestOperators.addTo(BY_NAME);
        ResponseOperators.addTo(BY_NAME);
        TimeOperators.addTo(BY_NAME);
        PeerOperators.addTo(BY_NAME);
        TlsOperators.addTo(BY_NAME);
        ProcessOperators.addTo(BY_NAME);
        UnknownFacts.addTo(BY_NAME);
    }

    private Operators() {}

    static Operator compile(OperatorCall call) {
        Function<OperatorCall, Operator> factory = BY_NAME.get(call.name());
        if (factory == null) {
            String near = nearest(call.name());
            throw new IllegalArgumentException("position " + call.position() + ": %" + call.name()
                    + "%: unknown operator" + (near.isEmpty() ? "" : "; did you mean " + near + "?"));
        }
        return factory.apply(call);
    }

    /** For an operator that takes no argument. */
    static Function<OperatorCall, Operator> plain(Operator operator) {
        return call -> {
            call.none();
            return operator;
        };
    }

    /** A text of ours, in contrast to one that a peer has sent. */
    static Function<OperatorCall, Operator> text(Function<Exchange, String> value) {
        return plain(new Operator.Text(exchange -> Octets.of(value.apply(exchange))));
    }

    static Function<OperatorCall, Operator> number(ToLongFunction<Exchange> value) {
        return plain(new Operator.Number(value));
    }

    private static String nearest(String unknown) {
        String nearest = "";
        int best = 1 + unknown.length() / 4;
        for (String known : BY_NAME.keySet()) {
            int distance = distance(unknown, known);
            if (distance <= best && (nearest.isEmpty() || distance < best)) {
                best = distance;
                nearest = known;
            }
        }
        return nearest;
    }

    /** How many letters must be put in, taken out or changed (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
