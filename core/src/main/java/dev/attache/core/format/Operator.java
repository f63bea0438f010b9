package dev.attache.core.format;

import dev.attache.core.http.Exchange;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** One compiled {@code %...%} operator. */
@FunctionalInterface
interface Operator {

    /** Has no value in any exchange: what it tells of is not known to this proxy. */
    Operator ABSENT = (out, exchange) -> false;

    /** Appends the value; where there is none, appends nothing and answers false. */
    boolean append(StringBuilder out, Exchange exchange);

    /** Whether the value is a number in JSON. */
    default boolean number() {
        return false;
    }

    /** An operator whose value is a number; less than zero is none. */
    record Number(ToLongFunction<Exchange> value) implements Operator {
        @Override
        public boolean append(StringBuilder out, Exchange exchange) {
            long number = value.applyAsLong(exchange);
            if (number < 0) {
                return false;
            }
            out.append(number);
            return true;
        }

        @Override
        public boolean number() {
            return true;
        }
    }

    /** An operator whose value is a text as it stands; empty is none. */
    record Text(Function<Exchange, String> value) implements Operator {
        @Override
        public boolean append(StringBuilder out, Exchange exchange) {
            String text = value.apply(exchange);
            out.append(text);
            return !text.isEmpty();
        }
    }

    /** At most {@code maxLength} characters of another operator's value. */
    record Truncated(Operator whole, int maxLength) implements Operator {
        @Override
        public boolean append(StringBuilder out, Exchange exchange) {
            int start = out.length();
            boolean present = whole.append(out, exchange);
            if (out.length() - start > maxLength) {
                out.setLength(start + maxLength);
            }
            return present;
        }
    }
}
