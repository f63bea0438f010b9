package dev.attache.core.match;

import dev.attache.core.config.QueryMatch;
import dev.attache.core.http.Octets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled condition on a query parameter, in the raw form in which it is forwarded; the first value counts. Immutable
 * and safe for use by all threads.
 */
public final class QueryMatcher {

    private final String name;
    private final @Nullable StringMatcher value;

    private QueryMatcher(QueryMatch match) {
        name = Octets.of(match.name());
        value = match.value().map(StringMatcher::of).orElse(null);
    }

    /**
     * Compiles conditions.
     *
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    public static List<QueryMatcher> all(List<QueryMatch> matches) {
        return matches.stream().map(QueryMatcher::new).toList();
    }

    /** Whether the condition holds for the query of {@code target}. */
    public boolean matches(String target) {
        String found = firstValue(target, name);
        return found != null && (value == null || value.matches(found));
    }

    /** The value of the first parameter of a name; empty for one without {@code =}; null where there is none. */
    private static @Nullable String firstValue(String target, String name) {
        int start = target.indexOf('?') + 1;
        while (start > 0 && start <= target.length()) {
            int end = target.indexOf('&', start);
            if (end < 0) {
                end = target.length();
            }
            int behindName = start + name.length();
            if (behindName <= end && target.startsWith(name, start)) {
                if (behindName == end) {
                    return "";
                }
                if (target.charAt(behindName) == '=') {
                    return target.substring(behindName + 1, end);
                }
            }
            start = end + 1;
        }
        return null;
    }
}
