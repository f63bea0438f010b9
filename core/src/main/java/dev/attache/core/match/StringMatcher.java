package dev.attache.core.match;

import dev.attache.core.config.StringMatch;
import dev.attache.core.regex.Regex;
import java.util.Locale;

/** A compiled test of a string. Safe for use by all threads. */
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
            case StringMatch.Exact(String value, boolean ignoreCase) ->
                ignoreCase ? value::equalsIgnoreCase : value::equals;
            case StringMatch.Prefix(String value, boolean ignoreCase) ->
                text -> text.regionMatches(ignoreCase, 0, value, 0, value.length());
            case StringMatch.Suffix(String value, boolean ignoreCase) ->
                text -> text.regionMatches(ignoreCase, text.length() - value.length(), value, 0, value.length());
            case StringMatch.Contains(String value, boolean ignoreCase) -> contains(value, ignoreCase);
            case StringMatch.Regex(String regex) -> Regex.compile(regex)::matches;
        };
    }

    private static StringMatcher contains(String value, boolean ignoreCase) {
        if (!ignoreCase) {
            return text -> text.contains(value);
        }
        String lower = value.toLowerCase(Locale.ROOT);
        return text -> text.toLowerCase(Locale.ROOT).contains(lower);
    }
}
