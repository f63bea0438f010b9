package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.QueryMatch;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StringMatch;
import dev.attache.core.http.Body;
import dev.attache.core.http.Request;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Stats;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteMatcherTest {

    private final Runtime runtime =
            Runtime.of(RuntimeConfig.DEFAULT, Stats.create(StatsConfig.DEFAULT).scope("runtime"));

    private boolean matches(RouteMatch match, Request request) {
        int query = request.target().indexOf('?');
        return RouteMatcher.of(match, runtime)
                .matches(request, query < 0 ? request.target().length() : query);
    }

    private static PathMatch path(String kind, String value) {
        return switch (kind) {
            case "prefix" -> new PathMatch.Prefix(value);
            case "separated" -> new PathMatch.SeparatedPrefix(value);
            case "exact" -> new PathMatch.Exact(value);
            case "regex" -> new PathMatch.Regex(value);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @ParameterizedTest(name = "{0} {1}, case {2}: {3} {4}")
    @CsvSource({
        "prefix, /, true, /anything, true",
        "prefix, /, true, /, true",
        "prefix, /, true, *, false",
        "prefix, /api, true, /api, true",
        "prefix, /api, true, /apix?y, true",
        "prefix, /api, true, /API, false",
        "prefix, /api, false, /API, true",
        "prefix, /api?x, true, /api?x, false",
        "prefix, /api, true, /ap?i, false",
        "prefix, '', true, *, true",
        "separated, /api, true, /api, true",
        "separated, /api, true, /api?x=1, true",
        "separated, /api, true, /api/v1, true",
        "separated, /api, true, /apix, false",
        "separated, /api, false, /API/x, true",
        "exact, /one, true, /one, true",
        "exact, /one, true, /one?q, true",
        "exact, /one, true, /one/, false",
        "exact, /one, true, /ONE, false",
        "exact, /one, false, /ONE, true",
        "exact, /one, true, /on, false",
        "regex, /w/[a-z]+, true, /w/page, true",
        "regex, /w/[a-z]+, true, /w/page?with=1, true",
        "regex, /w/[a-z]+, true, /w/page/more, false",
        "regex, /w/[a-z]+, true, /x/w/page, false",
        "exact, /AC%2FDC, true, /AC%2FDC, true",
        "exact, /AC%2FDC, true, /AC/DC, false",
    })
    void testsThePathInItsRawForm(String kind, String value, boolean caseSensitive, String target, boolean expected) {
        RouteMatch match = RouteMatch.builder(path(kind, value))
                .caseSensitive(caseSensitive)
                .build();
        assertThat(matches(match, Request.get(target))).isEqualTo(expected);
    }

    @Test
    void allConditionsMustHold() {
        RouteMatch match = RouteMatch.prefix("/").toBuilder()
                .headers(List.of(
                        new HeaderMatch(
                                ":method", new HeaderMatch.Value(new StringMatch.Exact("GET", false)), false, false),
                        new HeaderMatch("x-a", new HeaderMatch.Present(true), false, false)))
                .query(List.of(new QueryMatch("q", Optional.empty())))
                .build();
        HttpFields withHeader = HttpFields.build().add("x-a", "1");
        assertThat(matches(match, new Request("GET", "http", "h", "/?q", withHeader, Body.EMPTY)))
                .isTrue();
        assertThat(matches(match, new Request("PUT", "http", "h", "/?q", withHeader, Body.EMPTY)))
                .isFalse();
        assertThat(matches(match, new Request("GET", "http", "h", "/?q", HttpFields.EMPTY, Body.EMPTY)))
                .isFalse();
        assertThat(matches(match, new Request("GET", "http", "h", "/", withHeader, Body.EMPTY)))
                .isFalse();
    }

    @Test
    void anOperatorMayShiftAShareOfTheRequests() {
        Runtime adjustable = Runtime.of(
                new RuntimeConfig(List.of(new RuntimeConfig.Admin("admin"))),
                Stats.create(StatsConfig.DEFAULT).scope("runtime"));
        RouteMatcher matcher = RouteMatcher.of(
                RouteMatch.prefix("/").toBuilder()
                        .fraction(new RuntimeFraction(0, 100, "shift"))
                        .build(),
                adjustable);
        Request request = Request.get("/");
        assertThat(matcher.matches(request, 1)).isFalse();
        adjustable.modify(Map.of("shift", "100"));
        assertThat(matcher.matches(request, 1)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"application/grpc, true", "application/grpc+proto, true", "application/grpc-web, false", ", false"})
    void mayTakeCallsOfGrpcAlone(String type, boolean expected) {
        HttpFields headers =
                type == null ? HttpFields.EMPTY : HttpFields.build().put("content-type", type);
        RouteMatch match = RouteMatch.prefix("/").toBuilder().grpc(true).build();

        assertThat(matches(match, Request.get("/").withHeaders(headers))).isEqualTo(expected);
        assertThat(matches(RouteMatch.prefix("/"), Request.get("/").withHeaders(headers)))
                .isTrue();
    }
}
