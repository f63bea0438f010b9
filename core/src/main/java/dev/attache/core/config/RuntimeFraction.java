package dev.attache.core.config;

/**
 * A share of requests that an operator may change while the proxy runs.
 *
 * @param numerator   parts that match; default 0
 * @param denominator parts of a whole: 100, 10000 or 1000000
 * @param runtimeKey  runtime key that overrides the numerator; empty for none
 */
public record RuntimeFraction(long numerator, long denominator, String runtimeKey) {
    public RuntimeFraction {
        Checks.range("numerator", numerator, 0, Long.MAX_VALUE);
        if (denominator != 100 && denominator != 10_000 && denominator != 1_000_000) {
            throw new IllegalArgumentException("denominator: " + denominator + " (expected: 100, 10000 or 1000000)");
        }
    }
}
