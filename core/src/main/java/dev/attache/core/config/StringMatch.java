package dev.attache.core.config;

/** A test of a string. Regular expressions are RE2 and match the whole string. */
public sealed interface StringMatch {

    boolean ignoreCase();

    /** Equal to {@code value}. */
    record Exact(String value, boolean ignoreCase) implements StringMatch {}

    /** Begins with {@code value}. */
    record Prefix(String value, boolean ignoreCase) implements StringMatch {}

    /** Ends with {@code value}. */
    record Suffix(String value, boolean ignoreCase) implements StringMatch {}

    /** Holds {@code value}. */
    record Contains(String value, boolean ignoreCase) implements StringMatch {}

    /** Matches the RE2 expression as a whole. */
    record Regex(String regex) implements StringMatch {
        @Override
        public boolean ignoreCase() {
            return false;
        }
    }
}
