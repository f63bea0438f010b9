package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.http.Request;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Stats;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteIndexTest {

    private static final List<String> SEGMENTS = List.of("a", "b", "ab", "A", "");

    private final Runtime runtime =
            Runtime.of(RuntimeConfig.DEFAULT, Stats.create(StatsConfig.DEFAULT).scope("runtime"));
    private final Random random = new Random(11);

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 20, 60})
    void findsTheRouteThatIsFirstWhenAllAreTried(int size) {
        for (int table = 0; table < 200; table++) {
            List<RouteMatch> matches = new ArrayList<>();
            List<Route> routes = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                matches.add(match());
                routes.add(route(matches.getLast()));
            }
            RouteIndex index = RouteIndex.of(routes, matches);
            for (int i = 0; i < 50; i++) {
                String target = i == 0 ? "" : path() + (random.nextBoolean() ? "" : "?q=/a/b");
                assertThat(first(List.of(index.candidates(target, pathEnd(target))), target))
                        .as("%s in %s", target, matches)
                        .isSameAs(first(routes, target));
            }
        }
    }

    @Test
    void triesOneOfManyRoutesWhoseFirstSegmentsDiffer() {
        List<RouteMatch> matches = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            matches.add(RouteMatch.prefix("/w" + i + "/"));
        }
        List<Route> routes = matches.stream().map(this::route).toList();

        RouteIndex index = RouteIndex.of(routes, matches);

        assertThat(index.candidates("/w999/api?x", 9)).containsExactly(routes.getLast());
        assertThat(index.candidates("/other", 6)).isEmpty();
    }

    private Route route(RouteMatch match) {
        return new Route("host", "", RouteMatcher.of(match, runtime), (request, exchange) -> {
            throw new AssertionError("not asked for an answer");
        });
    }

    private RouteMatch match() {
        String path = path();
        PathMatch test = switch (random.nextInt(6)) {
            case 0 -> new PathMatch.Exact(path);
            case 1 -> new PathMatch.SeparatedPrefix(path);
            case 2 -> new PathMatch.Regex(path + ".*");
            case 3 -> new PathMatch.Connect();
            default -> new PathMatch.Prefix(path.substring(0, random.nextInt(path.length() + 1)));
        };
        return RouteMatch.builder(test).caseSensitive(random.nextInt(4) != 0).build();
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            path.append('/').append(SEGMENTS.get(random.nextInt(SEGMENTS.size())));
        }
        return path.toString();
    }

    private static Route first(List<Route> routes, String target) {
        for (Route route : routes) {
            if (route.matcher().matches(Request.get(target), pathEnd(target))) {
                return route;
            }
        }
        return null;
    }

    private static int pathEnd(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target.length() : query;
    }
}
