package dev.attache.core.route;

import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteAction.PathRewrite;
import dev.attache.core.http.Octets;
import dev.attache.core.regex.Regex;
import org.jspecify.annotations.Nullable;

/** Changes the path of a target and leaves its query as it is. Immutable and safe for use by all threads. */
final class PathRewriter {

    @FunctionalInterface
    private interface Change {
        String rewrite(String target, int pathEnd);
    }

    private final String configured;
    private final Change change;

    private PathRewriter(String configured, Change change) {
        this.configured = configured;
        this.change = change;
    }

    /**
     * The target with its path changed.
     *
     * @param pathEnd length of the target's path
     */
    String rewrite(String target, int pathEnd) {
        return change.rewrite(target, pathEnd);
    }

    /** Whether nothing of what came is left in {@code rewritten}. */
    boolean isOurs(String rewritten) {
        return rewritten.equals(configured);
    }

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
            case PathRewrite.Full(String path) -> ofWhole(Octets.of(path));
            case PathRewrite.Prefix(String replacement) -> ofPrefix(Octets.of(replacement), match);
            case PathRewrite.Regex(String expression, String substitution) -> {
                Regex regex = Regex.compile(expression);
                yield new PathRewriter(
                        Octets.of(substitution),
                        (target, pathEnd) -> Octets.change(
                                        target.substring(0, pathEnd), path -> regex.replaceAll(path, substitution))
                                + target.substring(pathEnd));
            }
        };
    }

    private static PathRewriter ofWhole(String path) {
        // A query in the new path takes the place of the request's.
        return path.indexOf('?') >= 0
                ? new PathRewriter(path, (target, pathEnd) -> path)
                : behind(path, (target, pathEnd) -> pathEnd);
    }

    private static PathRewriter ofPrefix(String replacement, PathMatch match) {
        return switch (match) {
            case PathMatch.Prefix(String prefix) -> behind(replacement, length(prefix));
            case PathMatch.SeparatedPrefix(String prefix) -> behind(replacement, length(prefix));
            case PathMatch.Exact _, PathMatch.Regex _ -> behind(replacement, (target, pathEnd) -> pathEnd);
            case PathMatch.Connect _ -> new PathRewriter("", (target, pathEnd) -> target);
        };
    }

    private interface Length {
        int of(String target, int pathEnd);
    }

    private static Length length(String prefix) {
        int length = Octets.of(prefix).length();
        return (target, pathEnd) -> length;
    }

    private static PathRewriter behind(String replacement, Length replaced) {
        return new PathRewriter(
                replacement, (target, pathEnd) -> replacement + target.substring(replaced.of(target, pathEnd)));
    }
}
