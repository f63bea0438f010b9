package dev.attache.core.stats;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as plain decimals: no exponent, no zeros at the end. */
final class Decimals {

    private Decimals() {}

    /** Rounded to three places, if it needs more. */
    static String of(double value) {
        if (Double.isInfinite(value)) {
            return "+Inf";
        }
        return plain(new BigDecimal(Double.toString(value)).setScale(3, RoundingMode.HALF_UP));
    }

    /** All digits of a bucket's bound. */
    static String exact(double value) {
        return Double.isInfinite(value) ? "+Inf" : plain(new BigDecimal(Double.toString(value)));
    }

    /** Nanoseconds in milliseconds, exactly. */
    static String millis(long nanos) {
        return plain(BigDecimal.valueOf(nanos, 6));
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
