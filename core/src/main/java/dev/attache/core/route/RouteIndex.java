package dev.attache.core.route;

import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.http.Octets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a virtual host that may match a path, in their order: those whose test lets the first segment of the path
 * be one text only are looked up by it, so that many of them cost what one does. Which route is the first to match does
 * not change. Immutable and safe for use by all threads.
 */
final class RouteIndex {

    /** Fewer are tried one by one: quicker than the look-up. */
    private static final int SMALLEST = 8;

    private final Map<String, Route[]> bySegment;
    private final Route[] others;

    private RouteIndex(Map<String, Route[]> bySegment, Route[] others) {
        this.bySegment = bySegment;
        this.others = others;
    }

    /**
     * Sorts routes.
     *
     * @param matches the conditions of each, in the same order
     */
    static RouteIndex of(List<Route> routes, List<RouteMatch> matches) {
        if (routes.size() < SMALLEST) {
            return new RouteIndex(Map.of(), routes.toArray(Route[]::new));
        }
        Map<String, List<Route>> bySegment = new HashMap<>();
        List<Route> others = new ArrayList<>();
        for (RouteMatch match : matches) {
            String segment = segment(match);
            if (segment != null) {
                bySegment.put(segment, new ArrayList<>());
            }
        }
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            String segment = segment(matches.get(i));
            if (segment == null) {
                others.add(route);
                bySegment.values().forEach(list -> list.add(route));
            } else {
                bySegment.getOrDefault(segment, others).add(route);
            }
        }
        Map<String, Route[]> arrays = new HashMap<>();
        bySegment.forEach((segment, list) -> arrays.put(segment, list.toArray(Route[]::new)));
        // Not Map.copyOf(): it probes one place after another, and names such as w1, w2, w3 have hashes next to each
        // other.
        return new RouteIndex(arrays, others.toArray(Route[]::new));
    }

    /** Those that may match, to be tried in this order. */
    Route[] candidates(String target, int pathEnd) {
        if (bySegment.isEmpty()) {
            return others;
        }
        return bySegment.getOrDefault(target.substring(0, segmentEnd(target, pathEnd)), others);
    }

    /** The first segment, with its slash, of every path that a route takes; null where there is not just one. */
    private static @Nullable String segment(RouteMatch match) {
        if (!match.caseSensitive()) {
            return null;
        }
        return switch (match.path()) {
            case PathMatch.Exact(String path) -> firstSegment(path);
            case PathMatch.SeparatedPrefix(String prefix) -> prefix.isEmpty() ? null : firstSegment(prefix);
            case PathMatch.Prefix(String prefix) -> {
                int end = segmentEnd(prefix, prefix.length());
                yield end < prefix.length() ? firstSegment(prefix) : null; // Without its end, it begins many.
            }
            case PathMatch.Regex _, PathMatch.Connect _ -> null;
        };
    }

    private static String firstSegment(String path) {
        return Octets.of(path.substring(0, segmentEnd(path, path.length())));
    }

    private static int segmentEnd(String path, int pathEnd) {
        int slash = path.indexOf('/', 1);
        return slash < 0 || slash > pathEnd ? pathEnd : slash;
    }
}
