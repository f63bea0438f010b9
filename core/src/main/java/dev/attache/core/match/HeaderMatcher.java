package dev.attache.core.match;

import dev.attache.core.config.HeaderMatch;
import dev.attache.core.http.Request;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * A compiled condition on a header, or on a part of the request line by its pseudo-header. A header that is absent fails
 * every test of its value, the inverted one too, unless it is to be treated as empty; so does Envoy's. Immutable and
 * safe for use by all threads.
 */
public final class HeaderMatcher {

    private final String name;
    private final StringMatcher test;
    private final boolean testsPresence;
    private final boolean wantsPresence;
    private final boolean wanted;
    private final boolean missingIsEmpty;

    private HeaderMatcher(HeaderMatch match) {
        name = match.name().toLowerCase(Locale.ROOT);
        wanted = !match.invert();
        missingIsEmpty = match.treatMissingAsEmpty();
        testsPresence = match.test() instanceof HeaderMatch.Present;
        wantsPresence = match.test() instanceof HeaderMatch.Present(boolean present) && present;
        test = switch (match.test()) {
            case HeaderMatch.Value(var value) -> StringMatcher.of(value);
            case HeaderMatch.Present present -> text -> true;
            case HeaderMatch.Range(long start, long end) -> text -> inRange(text, start, end);
        };
    }

    /**
     * Compiles a condition.
     *
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    public static HeaderMatcher of(HeaderMatch match) {
        return new HeaderMatcher(match);
    }

    /** Compiles conditions; as {@link #of}. */
    public static List<HeaderMatcher> all(List<HeaderMatch> matches) {
        return matches.stream().map(HeaderMatcher::of).toList();
    }

    /** Whether the condition holds for a request. */
    public boolean matches(Request request) {
        return matchesValue(value(request));
    }

    /** Whether the condition holds for the headers of a response. */
    public boolean matches(HttpFields headers) {
        return matchesValue(joined(headers, name));
    }

    private boolean matchesValue(@Nullable String value) {
        if (testsPresence) {
            boolean present = value != null || missingIsEmpty;
            return (present == wantsPresence) == wanted;
        }
        if (value == null) {
            return missingIsEmpty && test.matches("") == wanted;
        }
        return test.matches(value) == wanted;
    }

    private @Nullable String value(Request request) {
        return switch (name) {
            case ":authority", "host" -> request.authority().isEmpty() ? null : request.authority();
            case ":method" -> request.method();
            case ":path" -> request.target();
            case ":scheme" -> request.scheme();
            default -> joined(request.headers(), name);
        };
    }

    /** All values of a header, joined with a comma; null where there is none. */
    private static @Nullable String joined(HttpFields headers, String name) {
        String value = null;
        for (HttpField field : headers) {
            if (field.is(name)) {
                String next = field.getValue() == null ? "" : field.getValue();
                value = value == null ? next : value + "," + next;
            }
        }
        return value;
    }

    private static boolean inRange(String text, long start, long end) {
        try {
            long value = Long.parseLong(text);
            return value >= start && value < end;
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
