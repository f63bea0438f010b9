package dev.attache.core.route;

import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteAction.PathRewrite;
import dev.attache.core.regex.Regex;
import org.jspecify.annotations.Nullable;

/** Changes the path of a target and leaves its query as it is. Safe for use by all threads. */
@FunctionalInterface
interface PathRewriter {

    /**
     * The target with its path changed.
     *
     * @param pathEnd length of the target's path
     */
    String rewrite(String target, int pathEnd);

    /**
     * Compiles a rewrite.
     *
     * @param match the route's test: what it matched is what a prefix rewrite replaces
     * @return null where the path is kept
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    static @Nullable PathRewriter of(PathRewrite rewrite, PathMatch match) {
        return switch (rewrite) {
            case PathRewrite.None none -> null;
            case PathRewrite.Full(String path) ->
                // A query in the new path takes the place of the request's.
                path.indexOf('?') >= 0
                        ? (target, pathEnd) -> path
                        : (target, pathEnd) -> path + target.substring(pathEnd);
            case PathRewrite.Prefix(String replacement) -> ofPrefix(replacement, match);
            case PathRewrite.Regex(String expression, String substitution) -> {
                Regex regex = Regex.compile(expression);
                yield (target, pathEnd) ->
                        regex.replaceAll(target.substring(0, pathEnd), substitution) + target.substring(pathEnd);
            }
        };
    }

    private static PathRewriter ofPrefix(String replacement, PathMatch match) {
        return switch (match) {
            case PathMatch.Prefix(String prefix) ->
                (target, pathEnd) -> replacement + target.substring(prefix.length());
            case PathMatch.SeparatedPrefix(String prefix) ->
                (target, pathEnd) -> replacement + target.substring(prefix.length());
            case PathMatch.Exact exact -> (target, pathEnd) -> replacement + target.substring(pathEnd);
            case PathMatch.Regex regex -> (target, pathEnd) -> replacement + target.substring(pathEnd);
            case PathMatch.Connect _ -> (target, pathEnd) -> target;
        };
    }
}
