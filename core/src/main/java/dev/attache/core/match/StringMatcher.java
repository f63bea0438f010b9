package dev.attache.core.match;

import dev.attache.core.config.StringMatch;
import dev.attache.core.http.Octets;
import dev.attache.core.regex.Regex;
import java.util.Locale;

/** A compiled test of a text in {@linkplain Octets octets}. Safe for use by all threads. */
@FunctionalInterface
public interface StringMatcher {

    boolean matches(String text);

    /**
     * Compiles a test.
     *
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    static StringMatcher of(StringMatch match) {
        return switch (match) {
            case StringMatch.Exact(String value, boolean ignoreCase) -> exact(Octets.of(value), ignoreCase);
            case StringMatch.Prefix(String value, boolean ignoreCase) -> prefix(Octets.of(value), ignoreCase);
            case StringMatch.Suffix(String value, boolean ignoreCase) -> suffix(Octets.of(value), ignoreCase);
            case StringMatch.Contains(String value, boolean ignoreCase) -> contains(Octets.of(value), ignoreCase);
            case StringMatch.Regex(String expression) -> {
                Regex regex = Regex.compile(expression);
                yield octets -> regex.matches(Octets.text(octets));
            }
        };
    }

    private static StringMatcher exact(String value, boolean ignoreCase) {
        return ignoreCase ? value::equalsIgnoreCase : value::equals;
    }

    private static StringMatcher prefix(String value, boolean ignoreCase) {
        return text -> text.regionMatches(ignoreCase, 0, value, 0, value.length());
    }

    private static StringMatcher suffix(String value, boolean ignoreCase) {
        return text -> text.regionMatches(ignoreCase, text.length() - value.length(), value, 0, value.length());
    }

    private static StringMatcher contains(String value, boolean ignoreCase) {
        if (!ignoreCase) {
            return text -> text.contains(value);
        }
        String lower = value.toLowerCase(Locale.ROOT);
        return text -> text.toLowerCase(Locale.ROOT).contains(lower);
    }
}
