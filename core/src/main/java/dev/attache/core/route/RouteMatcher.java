package dev.attache.core.route;

import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.StringMatch;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.Octets;
import dev.attache.core.http.Request;
import dev.attache.core.match.HeaderMatcher;
import dev.attache.core.match.QueryMatcher;
import dev.attache.core.regex.Regex;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.runtime.RuntimeShare;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The compiled conditions of one route, of which all must hold. Immutable and safe for use by all threads. */
final class RouteMatcher {

    /** A test of the first {@code end} characters of a target. */
    @FunctionalInterface
    private interface PathTest {
        boolean matches(String target, int end);
    }

    private static final HeaderMatch CONNECT =
            new HeaderMatch(":method", new HeaderMatch.Value(new StringMatch.Exact("CONNECT", false)), false, false);

    private final PathTest path;
    private final HeaderMatcher[] headers;
    private final QueryMatcher[] query;
    private final @Nullable RuntimeShare share;
    private final boolean grpc;

    private RouteMatcher(
            PathTest path, HeaderMatcher[] headers, QueryMatcher[] query, @Nullable RuntimeShare share, boolean grpc) {
        this.path = path;
        this.headers = headers;
        this.query = query;
        this.share = share;
        this.grpc = grpc;
    }

    /**
     * Compiles the conditions.
     *
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    static RouteMatcher of(RouteMatch match, Runtime runtime) {
        return new RouteMatcher(
                path(match.path(), !match.caseSensitive()),
                HeaderMatcher.all(headers(match)).toArray(HeaderMatcher[]::new),
                QueryMatcher.all(match.query()).toArray(QueryMatcher[]::new),
                match.fraction().map(runtime::share).orElse(null),
                match.grpc());
    }

    private static List<HeaderMatch> headers(RouteMatch match) {
        if (!(match.path() instanceof PathMatch.Connect)) {
            return match.headers();
        }
        List<HeaderMatch> headers = new ArrayList<>(match.headers());
        headers.addFirst(CONNECT);
        return headers;
    }

    private static PathTest path(PathMatch match, boolean ignoreCase) {
        return switch (match) {
            case PathMatch.Prefix(String prefix)
            when prefix.equals("/") -> (target, end) -> end > 0 && target.charAt(0) == '/';
            case PathMatch.Prefix(String prefix) -> prefix(Octets.of(prefix), ignoreCase);
            case PathMatch.SeparatedPrefix(String prefix) -> separated(Octets.of(prefix), ignoreCase);
            case PathMatch.Exact(String path) -> exact(Octets.of(path), ignoreCase);
            case PathMatch.Regex(String expression) -> {
                Regex regex = Regex.compile(expression);
                yield (target, end) -> end > 0 && regex.matches(Octets.text(target.substring(0, end)));
            }
            case PathMatch.Connect() -> (target, end) -> end == 0;
        };
    }

    private static PathTest prefix(String prefix, boolean ignoreCase) {
        return (target, end) -> end > 0 && prefix.length() <= end && begins(target, prefix, ignoreCase);
    }

    private static PathTest separated(String prefix, boolean ignoreCase) {
        return (target, end) -> prefix.length() <= end
                && begins(target, prefix, ignoreCase)
                && (prefix.length() == end || target.charAt(prefix.length()) == '/');
    }

    private static PathTest exact(String path, boolean ignoreCase) {
        return (target, end) -> path.length() == end && begins(target, path, ignoreCase);
    }

    private static boolean begins(String target, String prefix, boolean ignoreCase) {
        return target.regionMatches(ignoreCase, 0, prefix, 0, prefix.length());
    }

    /**
     * Whether all conditions hold.
     *
     * @param pathEnd length of the target's path
     */
    boolean matches(Request request, int pathEnd) {
        if (!path.matches(request.target(), pathEnd)) {
            return false;
        }
        if (grpc && !Grpc.isGrpc(request.headers())) {
            return false;
        }
        for (HeaderMatcher matcher : headers) {
            if (!matcher.matches(request)) {
                return false;
            }
        }
        for (QueryMatcher matcher : query) {
            if (!matcher.matches(request.target())) {
                return false;
            }
        }
        // Last: a request that fails another condition must not count as one of the others' share.
        return share == null || share.includes(ThreadLocalRandom.current().nextLong());
    }
}
