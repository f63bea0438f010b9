package dev.attache.core.config;

/**
 * Lets through what has a status that compares with a value an operator may change while the proxy runs.
 *
 * @param op         comparison, status on the left
 * @param value      right side where the runtime says nothing
 * @param runtimeKey runtime key that overrides the value; empty for none
 */
public record StatusFilter(Op op, int value, String runtimeKey) {

    /** A comparison. */
    public enum Op {
        EQ,
        GE,
        LE,
        NE
    }
}
