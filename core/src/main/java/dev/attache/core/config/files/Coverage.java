package dev.attache.core.config.files;

import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteMatch;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Whether one match surely holds wherever another does; unsure is no. */
final class Coverage {

    private static final Set<String> EVERYTHING = Set.of(".*", "/.*", "^.*$", "^/.*$", "^/.*", "^.*");

    private Coverage() {}

    static boolean covers(RouteMatch wide, RouteMatch narrow) {
        // A share can be moved while the proxy runs, so what is behind it can always be reached.
        return wide.fraction().isEmpty()
                && (!wide.grpc() || narrow.grpc())
                && paths(wide, narrow)
                && holdsAll(narrow.headers(), wide.headers())
                && holdsAll(narrow.query(), wide.query());
    }

    private static boolean holdsAll(List<?> conditions, List<?> wanted) {
        return wanted.isEmpty() || new HashSet<>(conditions).containsAll(wanted);
    }

    private static boolean paths(RouteMatch wide, RouteMatch narrow) {
        if (wide.path() instanceof PathMatch.Connect || narrow.path() instanceof PathMatch.Connect) {
            return wide.path().equals(narrow.path()); // A CONNECT has no path for others to test.
        }
        boolean same = wide.path().equals(narrow.path()) && wide.caseSensitive() == narrow.caseSensitive();
        if (same) {
            return true;
        }
        if (takesAll(wide.path())) {
            return true;
        }
        if (wide.caseSensitive() && !narrow.caseSensitive()) {
            return false;
        }
        boolean fold = !wide.caseSensitive();
        return switch (wide.path()) {
            case PathMatch.Prefix(String prefix) -> start(narrow.path(), fold).startsWith(folded(prefix, fold));
            case PathMatch.SeparatedPrefix(String prefix) -> separated(folded(prefix, fold), narrow.path(), fold);
            case PathMatch.Exact(String path) ->
                narrow.path() instanceof PathMatch.Exact(String other)
                        && folded(other, fold).equals(folded(path, fold));
            case PathMatch.Regex _, PathMatch.Connect _ -> false;
        };
    }

    private static boolean takesAll(PathMatch path) {
        return switch (path) {
            case PathMatch.Prefix(String prefix) -> prefix.isEmpty() || prefix.equals("/");
            case PathMatch.Regex(String regex) -> EVERYTHING.contains(regex);
            case PathMatch.SeparatedPrefix _, PathMatch.Exact _, PathMatch.Connect _ -> false;
        };
    }

    private static boolean separated(String prefix, PathMatch narrow, boolean fold) {
        String start = start(narrow, fold);
        return start.startsWith(prefix + "/") || (!(narrow instanceof PathMatch.Prefix) && start.equals(prefix));
    }

    /** What every path that {@code match} takes begins with; nothing is known of a regular expression. */
    private static String start(PathMatch match, boolean fold) {
        return switch (match) {
            case PathMatch.Prefix(String prefix) -> folded(prefix, fold);
            case PathMatch.SeparatedPrefix(String prefix) -> folded(prefix, fold);
            case PathMatch.Exact(String path) -> folded(path, fold);
            case PathMatch.Regex _, PathMatch.Connect _ -> "";
        };
    }

    private static String folded(String text, boolean fold) {
        return fold ? text.toLowerCase(Locale.ROOT) : text;
    }
}
