package dev.attache.core.config;

/**
 * A condition on one request or response header.
 *
 * @param name                lower-case header name; {@code :authority}, {@code :method}, {@code :path} and {@code :scheme} name the request line's parts
 * @param test                what is asked of the value; several values are joined with a comma
 * @param invert              the condition holds when the test fails; default false
 * @param treatMissingAsEmpty an absent header is tested as an empty value instead of failing; default false
 */
public record HeaderMatch(String name, Test test, boolean invert, boolean treatMissingAsEmpty) {

    public HeaderMatch {
        Checks.notEmpty("name", name);
    }

    /** What is asked of a header. */
    public sealed interface Test {}

    /** The value matches. */
    public record Value(StringMatch match) implements Test {}

    /** The header is there (or, with false, is not). */
    public record Present(boolean present) implements Test {}

    /** The value is a decimal integer in {@code [start, end)}. */
    public record Range(long start, long end) implements Test {}
}
