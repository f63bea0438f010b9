package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.FailureBreakerConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderAddition.Action;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteAction.HostRewrite;
import dev.attache.core.config.RouteAction.PathRewrite;
import dev.attache.core.config.RouteAction.WeightedCluster;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.TlsRequirement;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.upstream.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RouterTest {

    private final Deadlines deadlines = Deadlines.open();
    private ScriptedUpstream upstream = new ScriptedUpstream();
    private final Exchange exchange = Exchange.begin();

    @AfterEach
    void closeDeadlines() {
        deadlines.close();
    }

    private Router router(RouteTableConfig table) {
        return router(table, Duration.ZERO);
    }

    private Router router(RouteTableConfig table, Duration streamIdle) {
        return router(table, streamIdle, false);
    }

    private Router router(RouteTableConfig table, Duration streamIdle, boolean suppressEnvoyHeaders) {
        return new Router(
                table,
                new RouterNeeds(
                        name -> name.equals("search") ? upstream.cluster : null,
                        deadlines,
                        Runtime.of(RuntimeConfig.DEFAULT, upstream.stats.scope("runtime")),
                        upstream.stats.http("ingress"),
                        streamIdle,
                        1024,
                        suppressEnvoyHeaders));
    }

    private Router router(RouteAction action) {
        return router(table(route(action)));
    }

    private static RouteConfig route(RouteAction action) {
        return RouteConfig.builder(RouteMatch.prefix("/"), action).name("all").build();
    }

    private static RouteTableConfig table(RouteConfig... routes) {
        return table(VirtualHostConfig.builder("vh", List.of("*"), List.of(routes)));
    }

    private static RouteTableConfig table(VirtualHostConfig.Builder virtualHost) {
        return RouteTableConfig.builder()
                .virtualHosts(List.of(virtualHost.build()))
                .build();
    }

    private static ForwardConfig.Builder forward() {
        return ForwardConfig.to("search");
    }

    private static RetryPolicyConfig.Builder on5xx(int retries) {
        return RetryPolicyConfig.builder()
                .retryOn(Set.of("5xx"))
                .numRetries(retries)
                .baseInterval(Duration.ofNanos(1000))
                .maxInterval(Duration.ofNanos(2000));
    }

    private static Request get(String target, String... headers) {
        HttpFields.Mutable fields = HttpFields.build();
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        return new Request("GET", "http", "www.example.org", target, fields.asImmutable(), Body.EMPTY);
    }

    private static String body(Response response) {
        return response.localReply().body();
    }

    private Set<ResponseFlag> flags() {
        Set<ResponseFlag> flags = EnumSet.noneOf(ResponseFlag.class);
        for (ResponseFlag flag : ResponseFlag.values()) {
            if (exchange.flagged(flag)) {
                flags.add(flag);
            }
        }
        return flags;
    }

    private long http(String name) {
        return upstream.stats.http("ingress").counter(name).value();
    }

    private void assertNothingIsHeld() {
        assertThat(upstream.cluster.limits(false).requests().used()).isZero();
        assertThat(upstream.cluster.limits(false).retries().used()).isZero();
        assertThat(upstream.scope.gauge("upstream_rq_active").value()).isZero();
    }

    // Answers of the router's own

    @Test
    void aRequestWithoutARouteIsAnsweredWith404() {
        Router router = router(
                table(RouteConfig.builder(RouteMatch.prefix("/only"), forward().build())
                        .build()));
        Response response = router.handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(404);
        assertThat(body(response)).isEmpty();
        assertThat(exchange.details()).isEqualTo("route_not_found");
        assertThat(flags()).containsExactly(ResponseFlag.NO_ROUTE_FOUND);
        assertThat(http("no_route")).isEqualTo(1);
    }

    @Test
    void anUnknownClusterIsAnsweredWith503() {
        Response response = router(ForwardConfig.to("nowhere").build()).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(503);
        assertThat(exchange.details()).isEqualTo("cluster_not_found");
        assertThat(flags()).containsExactly(ResponseFlag.NO_CLUSTER_FOUND);
        assertThat(http("no_cluster")).isEqualTo(1);
    }

    @Test
    void aConnectTakesTheRouteForConnectsAlone() {
        RouteTableConfig table = table(
                route(new RouteAction.DirectResponse(403, "")),
                RouteConfig.builder(
                                RouteMatch.builder(new PathMatch.Connect()).build(),
                                new RouteAction.DirectResponse(204, ""))
                        .build());
        Request connect = new Request("CONNECT", "http", "a.test:443", "", HttpFields.EMPTY, Body.EMPTY);

        assertThat(router(table).handle(connect, exchange).status()).isEqualTo(204);
        assertThat(router(table).handle(get("/"), exchange).status()).isEqualTo(403);
    }

    @Test
    void aDirectResponseIsTheAnswer() {
        RouteConfig route = route(new RouteAction.DirectResponse(403, "no")).toBuilder()
                .headers(new HeaderMutations(
                        List.of(), List.of(), List.of(new HeaderAddition("x-why", "because")), List.of()))
                .build();
        Response response = router(table(route)).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(403);
        assertThat(body(response)).isEqualTo("no");
        assertThat(response.headers().get("x-why")).isEqualTo("because");
        assertThat(exchange.details()).isEqualTo("direct_response");
        assertThat(exchange.routeName()).isEqualTo("all");
        assertThat(exchange.virtualHost()).isEqualTo("vh");
        assertThat(http("rq_direct_response")).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} {1} -> {5}")
    @CsvSource(
            delimiter = '|',
            value = {
                "http://a.test/x?y | https |        | 0    |      | https://a.test/x?y",
                "http://a.test:80/ | https |        | 0    |      | https://a.test/",
                "http://a.test:81/ | https |        | 0    |      | https://a.test:81/",
                "https://a.test:443/ | http |       | 0    |      | http://a.test/",
                "http://a.test:80/ |       |        | 0    |      | http://a.test:80/",
                "http://a.test:80/ |       |        | 8443 |      | http://a.test:8443/",
                "http://a.test/p?q |       | b.test | 0    |      | http://b.test/p?q",
                "http://a.test/p?q |       | b.test | 81   | /n   | http://b.test:81/n?q",
                "http://a.test/p?q |       |        | 0    | /n?z | http://a.test/n?z",
                "http://[::1]/p    | https |        | 0    |      | https://[::1]/p",
                "http://[::1]:80/p | https |        | 0    |      | https://[::1]/p",
            })
    void redirectsWhereTheRouteSays(String url, String scheme, String host, int port, String path, String expected) {
        java.net.URI from = java.net.URI.create(url);
        String target = from.getRawPath() + (from.getRawQuery() == null ? "" : "?" + from.getRawQuery());
        RouteAction.Redirect redirect = new RouteAction.Redirect(
                scheme == null ? "" : scheme,
                host == null ? "" : host,
                port,
                path == null ? new PathRewrite.None() : new PathRewrite.Full(path),
                301,
                false);
        Request request =
                new Request("GET", from.getScheme(), from.getRawAuthority(), target, HttpFields.EMPTY, Body.EMPTY);
        Response response = router(redirect).handle(request, exchange);
        assertThat(response.status()).isEqualTo(301);
        assertThat(response.headers().get("location")).isEqualTo(expected);
        assertThat(http("rq_redirect")).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}: by {1}, internal {2} -> {3}")
    @CsvSource({
        "NONE, http, false, 200",
        "ALL, http, false, 301",
        "ALL, http, true, 301",
        "ALL, https, false, 200",
        "EXTERNAL_ONLY, http, false, 301",
        "EXTERNAL_ONLY, http, true, 200",
        "EXTERNAL_ONLY, https, false, 200",
    })
    void sendsAClientThatCameWithoutTlsToTheSamePlaceWithIt(
            TlsRequirement requirement, String scheme, boolean internal, int status) {
        RouteConfig route = RouteConfig.builder(RouteMatch.prefix("/"), new RouteAction.DirectResponse(200, ""))
                .build();
        VirtualHostConfig host = VirtualHostConfig.builder("vh", List.of("*"), List.of(route))
                .requireTls(requirement)
                .build();
        RouteTableConfig table =
                RouteTableConfig.builder().virtualHosts(List.of(host)).build();
        HttpFields.Mutable headers = HttpFields.build().put("x-forwarded-proto", scheme);
        if (internal) {
            headers.put("x-envoy-internal", "true");
        }

        Response response =
                router(table).handle(new Request("GET", "http", "a.test:80", "/p?q", headers, Body.EMPTY), exchange);

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.headers().get("location")).isEqualTo(status == 301 ? "https://a.test/p?q" : null);
        assertThat(http("rq_redirect")).isEqualTo(status == 301 ? 1 : 0);
    }

    @Test
    void aRedirectMayStripTheQueryAndRewriteThePrefix() {
        RouteConfig route = RouteConfig.builder(
                        RouteMatch.prefix("/old"),
                        new RouteAction.Redirect("", "", 0, new PathRewrite.Prefix("/new"), 308, true))
                .build();
        Response response = router(table(route)).handle(get("/old/page?q"), exchange);
        assertThat(response.status()).isEqualTo(308);
        assertThat(response.headers().get("location")).isEqualTo("http://www.example.org/new/page");
    }

    // Forwarding

    @Test
    void forwardsTheRequestAndCountsTheAnswer() {
        upstream.thenAnswer(200, "x-from", "upstream");
        Response response = router(forward().build()).handle(get("/a%2Fb?c", "x-mine", "1"), exchange);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers().get("x-from")).isEqualTo("upstream");
        assertThat(Long.parseLong(response.headers().get("x-envoy-upstream-service-time")))
                .isGreaterThanOrEqualTo(0);
        Request sent = upstream.sent.getFirst();
        assertThat(sent.target()).isEqualTo("/a%2Fb?c");
        assertThat(sent.authority()).isEqualTo("www.example.org");
        assertThat(sent.headers().get("x-mine")).isEqualTo("1");
        assertThat(sent.headers().get("x-envoy-expected-rq-timeout-ms")).isEqualTo("15000");
        assertThat(sent.headers().contains("x-envoy-attempt-count")).isFalse();
        assertThat(exchange.cluster()).isEqualTo("search");
        assertThat(exchange.attempts()).isEqualTo(1);
        assertThat(exchange.details()).isEqualTo("via_upstream");
        assertThat(flags()).isEmpty();
        response.close();
        assertThat(upstream.count("upstream_rq_total")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_completed")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_200")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_2xx")).isEqualTo(1);
        assertThat(http("rq_total")).isEqualTo(1);
        assertNothingIsHeld();
    }

    @Test
    void addsNoHeadersOfItsOwnWhereTheyAreSuppressed() {
        upstream = new ScriptedUpstream(
                ScriptedUpstream.fixed(1),
                builder -> builder.circuitBreaker(
                        CircuitBreakerConfig.builder().maxRequests(1).build()));
        RouteTableConfig table =
                table(route(forward().path(new PathRewrite.Prefix("/new/")).build()));
        Router router = router(table, Duration.ZERO, true);
        upstream.thenAnswer(200);

        Response answered = router.handle(get("/page"), Exchange.begin());
        Response overflown = router.handle(get("/page"), exchange);

        assertThat(upstream.sent.getFirst().target()).isEqualTo("/new/page");
        assertThat(upstream.sent.getFirst().headers())
                .noneMatch(field -> field.getName().startsWith("x-envoy-"));
        assertThat(answered.headers()).noneMatch(field -> field.getName().startsWith("x-envoy-"));
        assertThat(overflown.status()).isEqualTo(503);
        assertThat(overflown.headers()).noneMatch(field -> field.getName().startsWith("x-envoy-"));
    }

    @Test
    void holdsThePermitUntilTheResponseIsClosed() {
        upstream = new ScriptedUpstream(
                ScriptedUpstream.fixed(1),
                builder -> builder.circuitBreaker(
                        CircuitBreakerConfig.builder().maxRequests(1).build()));
        Router router = router(forward().build());
        upstream.thenAnswer(200);
        Response first = router.handle(get("/"), Exchange.begin());
        Response second = router.handle(get("/"), exchange);
        assertThat(second.status()).isEqualTo(503);
        assertThat(body(second))
                .isEqualTo("upstream connect error or disconnect/reset before headers. reset reason: overflow");
        assertThat(second.headers().get("x-envoy-overloaded")).isEqualTo("true");
        assertThat(exchange.details()).isEqualTo("upstream_reset_before_response_started{overflow}");
        assertThat(flags()).containsExactly(ResponseFlag.UPSTREAM_OVERFLOW);
        assertThat(upstream.count("upstream_rq_active_overflow")).isEqualTo(1);
        second.close();
        first.close();
        first.close();
        assertNothingIsHeld();
        upstream.thenAnswer(200);
        assertThat(router.handle(get("/"), Exchange.begin()).status()).isEqualTo(200);
    }

    @Test
    void changesHeadersFromTheMostSpecificLevelToTheMostGeneral() {
        RouteTableConfig table = mutating(false);
        upstream.thenAnswer(200, "x-secret", "s", "x-seen", "upstream");
        Request request = get("/", "x-remove", "r", "x-level", "client");
        exchange.received(request);
        Response response = router(table).handle(request, exchange);
        HttpFields sent = upstream.sent.getFirst().headers();
        assertThat(sent.getValuesList("x-level")).containsExactly("table");
        assertThat(sent.getValuesList("x-all")).containsExactly("share", "route", "vhost", "table");
        assertThat(sent.contains("x-remove")).isFalse();
        assertThat(response.headers().contains("x-secret")).isFalse();
        assertThat(response.headers().getValuesList("x-seen")).containsExactly("upstream", "GET");
    }

    @Test
    void theMostSpecificLevelHasTheLastWordWhereTheTableSaysSo() {
        upstream.thenAnswer(200);
        router(mutating(true)).handle(get("/"), exchange);
        HttpFields sent = upstream.sent.getFirst().headers();
        assertThat(sent.getValuesList("x-level")).containsExactly("share");
        assertThat(sent.getValuesList("x-all")).containsExactly("table", "vhost", "route", "share");
    }

    private static RouteTableConfig mutating(boolean mostSpecificWins) {
        ForwardConfig forward = ForwardConfig.builder(List.of(new WeightedCluster("search", 1, level("share"))))
                .build();
        HeaderMutations ofRoute = new HeaderMutations(
                level("route").requestAdd(),
                List.of("x-remove"),
                List.of(new HeaderAddition("x-seen", "%REQ(:METHOD)%")),
                List.of("x-secret"));
        return RouteTableConfig.builder()
                .virtualHosts(List.of(VirtualHostConfig.builder(
                                "vh",
                                List.of("*"),
                                List.of(route(forward).toBuilder()
                                        .headers(ofRoute)
                                        .build()))
                        .headers(level("vhost"))
                        .build()))
                .headers(level("table"))
                .mostSpecificHeaderMutationsWins(mostSpecificWins)
                .build();
    }

    private static HeaderMutations level(String name) {
        return new HeaderMutations(
                List.of(
                        new HeaderAddition("x-level", name, Action.OVERWRITE_IF_EXISTS_OR_ADD, false),
                        new HeaderAddition("x-all", name)),
                List.of(),
                List.of(),
                List.of());
    }

    @ParameterizedTest(name = "{0} on {1}, empty kept {3}: {4}")
    @CsvSource({
        "APPEND_IF_EXISTS_OR_ADD, old, new, false, old+new",
        "APPEND_IF_EXISTS_OR_ADD, , new, false, new",
        "ADD_IF_ABSENT, old, new, false, old",
        "ADD_IF_ABSENT, , new, false, new",
        "OVERWRITE_IF_EXISTS_OR_ADD, old, new, false, new",
        "OVERWRITE_IF_EXISTS_OR_ADD, , new, false, new",
        "OVERWRITE_IF_EXISTS, old, new, false, new",
        "OVERWRITE_IF_EXISTS, , new, false, ",
        "OVERWRITE_IF_EXISTS_OR_ADD, , %REQ(x-absent)%, false, ",
        "OVERWRITE_IF_EXISTS_OR_ADD, , %REQ(x-absent)%, true, ''",
        "APPEND_IF_EXISTS_OR_ADD, , 100%%, false, 100%",
    })
    void addsHeadersByTheirAction(Action action, String old, String value, boolean keepEmpty, String expected) {
        RouteConfig route = route(forward().build()).toBuilder()
                .headers(new HeaderMutations(
                        List.of(new HeaderAddition("x-h", value, action, keepEmpty)), List.of(), List.of(), List.of()))
                .build();
        upstream.thenAnswer(200);
        Request request = old == null ? get("/") : get("/", "X-H", old);
        exchange.received(request);
        router(table(route)).handle(request, exchange);
        List<String> values = upstream.sent.getFirst().headers().getValuesList("x-h");
        assertThat(values.isEmpty() ? null : String.join("+", values)).isEqualTo(expected);
    }

    @Test
    void aLocalReplyGetsTheRoutesResponseHeadersToo() {
        RouteConfig route = route(forward().build()).toBuilder()
                .headers(new HeaderMutations(
                        List.of(), List.of(), List.of(new HeaderAddition("x-why", "because")), List.of()))
                .build();
        upstream.thenFail(Failure.REMOTE_RESET, "");
        Response response = router(table(route)).handle(get("/"), exchange);
        assertThat(response.headers().get("x-why")).isEqualTo("because");
    }

    // Rewriting

    @ParameterizedTest(name = "{0} of {1}: {3} -> {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                "prefix    | /old   | /new  | /old/page?q=/old | /new/page?q=/old",
                "prefix    | /      | /api/ | /page            | /api/page",
                "prefix    | /foo   | /     | /foo/x           | //x",
                "separated | /old   | /new  | /old             | /new",
                "exact     | /old   | /new  | /old?q           | /new?q",
                "regex     | /o.*   | /new  | /old/x?q         | /new?q",
            })
    void rewritesThePrefix(String kind, String value, String replacement, String target, String expected) {
        PathMatch match = switch (kind) {
            case "prefix" -> new PathMatch.Prefix(value);
            case "separated" -> new PathMatch.SeparatedPrefix(value);
            case "exact" -> new PathMatch.Exact(value);
            default -> new PathMatch.Regex(value);
        };
        RouteConfig route = RouteConfig.builder(
                        RouteMatch.builder(match).build(),
                        forward().path(new PathRewrite.Prefix(replacement)).build())
                .build();
        upstream.thenAnswer(200);
        router(table(route)).handle(get(target), exchange);
        Request sent = upstream.sent.getFirst();
        assertThat(sent.target()).isEqualTo(expected);
        assertThat(sent.headers().get("x-envoy-original-path")).isEqualTo(target);
        assertThat(exchange.originalPath()).isEqualTo(target);
    }

    @Test
    void rewritesByExpressionAndLeavesTheQueryAlone() {
        ForwardConfig action =
                forward().path(new PathRewrite.Regex("/wiki/([^/]+)", "/w/\\1")).build();
        upstream.thenAnswer(200);
        router(action).handle(get("/wiki/Page?t=/wiki/x"), exchange);
        assertThat(upstream.sent.getFirst().target()).isEqualTo("/w/Page?t=/wiki/x");
    }

    @Test
    void aPathThatIsNotChangedIsNotNoted() {
        ForwardConfig action =
                forward().path(new PathRewrite.Regex("^/nothing", "/x")).build();
        upstream.thenAnswer(200);
        router(action).handle(get("/wiki"), exchange);
        assertThat(upstream.sent.getFirst().headers().contains("x-envoy-original-path"))
                .isFalse();
        assertThat(exchange.originalPath()).isEmpty();
    }

    @Test
    void rewritesTheHost() {
        assertThat(host(new HostRewrite.None(), get("/")).authority()).isEqualTo("www.example.org");
        assertThat(host(new HostRewrite.Literal("api.test:81"), get("/")).authority())
                .isEqualTo("api.test:81");
        assertThat(host(new HostRewrite.Header("x-host"), get("/", "x-host", "h.test"))
                        .authority())
                .isEqualTo("h.test");
        assertThat(host(new HostRewrite.Header("x-host"), get("/")).authority()).isEqualTo("www.example.org");
        assertThat(host(new HostRewrite.PathRegex("^/([^/]+)/.*$", "\\1.test"), get("/en/x?y"))
                        .authority())
                .isEqualTo("en.test");
    }

    private Request host(HostRewrite rewrite, Request request) {
        upstream.thenAnswer(200);
        router(forward().host(rewrite).build())
                .handle(request, Exchange.begin())
                .close();
        return upstream.sent.getLast();
    }

    @Test
    void theHostMayBecomeTheNameOfTheEndpointWhereThereIsOne() {
        assertThat(host(new HostRewrite.Auto(), get("/")).authority()).isEqualTo("www.example.org");
        upstream = new ScriptedUpstream(ScriptedUpstream.named("search.discovery.test"), builder -> builder);
        assertThat(host(new HostRewrite.Auto(), get("/")).authority()).isEqualTo("search.discovery.test");
    }

    @Test
    void notesTheOldHostWhereTheRouteSaysSo() {
        ForwardConfig action = forward()
                .host(new HostRewrite.Literal("api.test"))
                .appendXForwardedHost(true)
                .build();
        upstream.thenAnswer(200);
        router(action).handle(get("/", "x-forwarded-host", "first.test"), exchange);
        HttpFields sent = upstream.sent.getFirst().headers();
        assertThat(sent.getValuesList("x-forwarded-host")).containsExactly("first.test,www.example.org");
        assertThat(sent.get("x-envoy-original-host")).isEqualTo("www.example.org");
    }

    // Retries

    @Test
    void retriesElsewhereAndClosesTheDiscardedResponse() {
        upstream = new ScriptedUpstream(ScriptedUpstream.fixed(3), builder -> builder);
        AtomicInteger closed = new AtomicInteger();
        upstream.then((request, noted, cancellation) -> {
            Response response = ScriptedUpstream.response(503, Body.EMPTY);
            response.onClose(closed::incrementAndGet);
            return new Outcome.Answered(response);
        });
        upstream.thenFail(Failure.CONNECTION_TERMINATION, "");
        upstream.thenAnswer(200);
        VirtualHostConfig.Builder virtualHost = VirtualHostConfig.builder(
                        "vh",
                        List.of("*"),
                        List.of(route(forward().retry(on5xx(2).build()).build())))
                .includeRequestAttemptCount(true)
                .includeAttemptCountInResponse(true);
        Response response = router(table(virtualHost)).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(200);
        assertThat(closed).hasValue(1);
        assertThat(upstream.endpoints.stream().map(Endpoint::port).distinct()).hasSize(3);
        assertThat(upstream.sent.stream().map(sent -> sent.headers().get("x-envoy-attempt-count")))
                .containsExactly("1", "2", "3");
        assertThat(response.headers().get("x-envoy-attempt-count")).isEqualTo("3");
        assertThat(exchange.attempts()).isEqualTo(3);
        assertThat(flags()).isEmpty();
        response.close();
        assertThat(upstream.count("upstream_rq_total")).isEqualTo(3);
        assertThat(upstream.count("upstream_rq_completed")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_200")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_503")).isZero();
        assertThat(upstream.count("retry.upstream_rq_503")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_retry")).isEqualTo(2);
        assertThat(upstream.count("upstream_rq_retry_backoff_exponential")).isEqualTo(2);
        assertThat(upstream.count("upstream_rq_retry_success")).isEqualTo(1);
        assertNothingIsHeld();
    }

    @Test
    void theLastFailureIsToldWhenTheRetriesAreUsedUp() {
        upstream.thenFail(Failure.CONNECT_REFUSED, "");
        upstream.thenFail(Failure.CONNECT_REFUSED, "delayed connect error: Connection refused");
        Response response = router(forward().retry(on5xx(1).build()).build()).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(503);
        assertThat(body(response))
                .isEqualTo("upstream connect error or disconnect/reset before headers. retried and the latest reset"
                        + " reason: remote connection failure, transport failure reason: delayed connect error:"
                        + " Connection refused");
        assertThat(exchange.details())
                .isEqualTo("upstream_reset_before_response_started{remote_connection_failure,"
                        + "delayed_connect_error:_Connection_refused}");
        assertThat(flags())
                .containsExactlyInAnyOrder(
                        ResponseFlag.UPSTREAM_CONNECTION_FAILURE, ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
        assertThat(upstream.count("upstream_rq_retry_limit_exceeded")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_total")).isZero();
        assertThat(upstream.count("upstream_rq_503")).isEqualTo(1);
        assertNothingIsHeld();
    }

    @Test
    void theVirtualHostsPolicyIsForRoutesWithoutOneOfTheirOwn() {
        VirtualHostConfig.Builder virtualHost = VirtualHostConfig.builder(
                        "vh",
                        List.of("*"),
                        List.of(
                                RouteConfig.builder(
                                                RouteMatch.prefix("/own"),
                                                forward()
                                                        .retry(on5xx(0).build())
                                                        .build())
                                        .build(),
                                route(forward().build())))
                .retry(on5xx(1).build());
        Router router = router(table(virtualHost));
        upstream.thenAnswer(500);
        assertThat(router.handle(get("/own"), Exchange.begin()).status()).isEqualTo(500);
        upstream.thenAnswer(500);
        upstream.thenAnswer(200);
        assertThat(router.handle(get("/"), Exchange.begin()).status()).isEqualTo(200);
    }

    @Test
    void countsARetryThatTheClusterDoesNotAllow() {
        upstream = new ScriptedUpstream(
                ScriptedUpstream.fixed(1),
                builder -> builder.circuitBreaker(
                        CircuitBreakerConfig.builder().maxRetries(0).build()));
        upstream.thenAnswer(503);
        Response response = router(forward().retry(on5xx(1).build()).build()).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(503);
        assertThat(upstream.count("upstream_rq_retry_overflow")).isEqualTo(1);
    }

    @Test
    void aRequestMayAskForRetriesAndItsWishesAreNotSentOn() {
        upstream.thenAnswer(503);
        upstream.thenAnswer(200);
        Request request = get(
                "/",
                "X-Envoy-Retry-On",
                "5xx",
                "x-envoy-max-retries",
                "2",
                "x-envoy-upstream-rq-timeout-ms",
                "20000",
                "x-envoy-upstream-rq-per-try-timeout-ms",
                "junk",
                "x-envoy-original",
                "kept");
        Response response = router(forward().build()).handle(request, exchange);
        assertThat(response.status()).isEqualTo(200);
        HttpFields sent = upstream.sent.getFirst().headers();
        assertThat(sent.getFieldNamesCollection())
                .containsExactlyInAnyOrder("x-envoy-original", "x-envoy-expected-rq-timeout-ms");
        assertThat(sent.getLongField("x-envoy-expected-rq-timeout-ms")).isBetween(1L, 20_000L);
    }

    @Test
    void repeatsABodyThatIsInMemory() throws IOException {
        StringBuilder read = new StringBuilder();
        for (int status : new int[] {503, 200}) {
            upstream.then((request, noted, cancellation) -> {
                for (ByteBuffer part = request.body().read();
                        part != null;
                        part = request.body().read()) {
                    read.append(java.nio.charset.StandardCharsets.US_ASCII.decode(part));
                }
                return ScriptedUpstream.answer(status);
            });
        }
        Request request = get("/").withBody(Body.of(new byte[] {'h', 'i'}));
        assertThat(router(forward().retry(on5xx(1).build()).build())
                        .handle(request, exchange)
                        .status())
                .isEqualTo(200);
        assertThat(read).hasToString("hihi");
    }

    @Test
    void doesNotRepeatABodyAboveTheBufferLimit() {
        upstream.then((request, noted, cancellation) -> {
            while (request.body().read() != null) {}
            return ScriptedUpstream.answer(503);
        });
        Response response = router(forward().retry(on5xx(3).build()).build())
                .handle(get("/").withBody(new Upload(5, 1000)), exchange);
        assertThat(response.status()).isEqualTo(503);
        assertThat(upstream.count("retry_or_shadow_abandoned")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_retry")).isZero();
    }

    /** A body of some parts that comes from a connection. */
    private static final class Upload implements Body.Streaming {
        private final int parts;
        private final int size;
        private int sent;
        private boolean closed;

        Upload(int parts, int size) {
            this.parts = parts;
            this.size = size;
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() throws IOException {
            if (closed) {
                throw new IOException("closed");
            }
            return sent++ < parts ? ByteBuffer.allocate(size) : null;
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    // Time

    @Test
    void theRouteTimeoutIsAnsweredWith504() {
        upstream.thenHang(new CountDownLatch(1));
        Response response =
                router(forward().timeout(Duration.ofMillis(5)).build()).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(504);
        assertThat(body(response)).isEqualTo("upstream request timeout");
        assertThat(exchange.details()).isEqualTo("upstream_response_timeout");
        assertThat(flags()).containsExactly(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT);
        assertThat(upstream.count("upstream_rq_timeout")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_504")).isEqualTo(1);
        assertThat(exchange.cancellation().cause()).isNull();
        assertNothingIsHeld();
    }

    @Test
    void theLimitOfAnAttemptIsAnsweredWith504WhenNoRetryIsLeft() {
        upstream.thenHang(new CountDownLatch(1));
        upstream.thenHang(new CountDownLatch(1));
        Response response = router(forward()
                        .retry(on5xx(1).perTryTimeout(Duration.ofMillis(5)).build())
                        .build())
                .handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(504);
        assertThat(body(response)).isEqualTo("upstream request timeout");
        assertThat(exchange.details()).isEqualTo("upstream_per_try_timeout");
        assertThat(upstream.sent.getFirst().headers().get("x-envoy-expected-rq-timeout-ms"))
                .isEqualTo("5");
        assertThat(upstream.count("upstream_rq_per_try_timeout")).isEqualTo(2);
        assertThat(upstream.count("upstream_rq_timeout")).isZero();
        assertThat(flags())
                .containsExactlyInAnyOrder(
                        ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
        assertNothingIsHeld();
    }

    @Test
    void theRouteTimeoutEndsABodyThatDoesNotEnd() {
        upstream.then((request, noted, cancellation) ->
                new Outcome.Answered(ScriptedUpstream.response(200, new Endless(cancellation))));
        Response response =
                router(forward().timeout(Duration.ofMillis(50)).build()).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(200);
        assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
        response.close();
        assertThat(flags()).containsExactly(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT);
        assertThat(exchange.details()).isEqualTo("upstream_response_timeout");
        assertThat(upstream.count("upstream_rq_timeout")).isEqualTo(1);
        assertThat(http("rq_reset_after_downstream_response_started")).isEqualTo(1);
        assertNothingIsHeld();
    }

    /** A body whose next part does not come before it is given up. */
    private record Endless(Cancellation cancellation) implements Body.Streaming {
        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() throws IOException {
            CountDownLatch woken = new CountDownLatch(1);
            if (cancellation.guard(cause -> woken.countDown())) {
                try {
                    woken.await();
                } catch (InterruptedException interrupted) {
                    throw new IOException(interrupted);
                }
            }
            throw new IOException("closed");
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {}
    }

    @Test
    void aTimeoutOfZeroIsOff() {
        upstream.thenAnswer(200);
        router(forward().timeout(Duration.ZERO).build()).handle(get("/"), exchange);
        assertThat(upstream.sent.getFirst().headers().contains("x-envoy-expected-rq-timeout-ms"))
                .isFalse();
    }

    @Test
    void aSilentUpstreamIsGivenUp() {
        upstream.thenHang(new CountDownLatch(1));
        Response response = router(table(route(forward().timeout(Duration.ZERO).build())), Duration.ofMillis(5))
                .handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(504);
        assertThat(body(response)).isEqualTo("stream timeout");
        assertThat(exchange.details()).isEqualTo("stream_idle_timeout");
        assertThat(flags()).containsExactly(ResponseFlag.STREAM_IDLE_TIMEOUT);
    }

    @Test
    void aSilentClientIsAnsweredWith408() {
        upstream.thenHang(new CountDownLatch(1));
        Response response = router(table(route(forward().build())), Duration.ofMillis(5))
                .handle(get("/").withBody(new Upload(1, 1)), exchange);
        assertThat(response.status()).isEqualTo(408);
        assertThat(body(response)).isEqualTo("stream timeout");
    }

    @Test
    void theRoutesIdleTimeoutTakesThePlaceOfTheListeners() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        upstream.thenHang(hanging);
        ForwardConfig action =
                forward().timeout(Duration.ZERO).idleTimeout(Duration.ZERO).build();
        Router router = router(table(route(action)), Duration.ofMillis(1));
        CompletableFuture<Response> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> answer.complete(router.handle(get("/"), exchange)));
        assertThat(hanging.await(30, TimeUnit.SECONDS)).isTrue();
        CountDownLatch later = new CountDownLatch(1);
        deadlines.start(
                new dev.attache.core.deadline.Deadline() {
                    @Override
                    protected void expired() {
                        later.countDown();
                    }
                },
                Duration.ofMillis(10));
        later.await();
        assertThat(answer).isNotDone();
        exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
        assertThat(answer.get(30, TimeUnit.SECONDS).localReply().details()).isEqualTo("downstream_remote_disconnect");
        assertThat(flags()).containsExactly(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION);
        assertThat(upstream.count("upstream_rq_completed")).isZero();
        assertNothingIsHeld();
    }

    // Failures

    @Test
    void withoutEndpointsTheClientIsToldSo() {
        upstream = new ScriptedUpstream(ScriptedUpstream.fixed(0), builder -> builder);
        Response response = router(forward().retry(on5xx(2).build()).build()).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(503);
        assertThat(body(response)).isEqualTo("no healthy upstream");
        assertThat(exchange.details()).isEqualTo("no_healthy_upstream");
        assertThat(flags()).containsExactly(ResponseFlag.NO_HEALTHY_UPSTREAM);
        assertThat(upstream.count("upstream_rq_503")).isEqualTo(1);
        assertNothingIsHeld();
    }

    @Test
    void whatIsNotHttpIsAnsweredWith502() {
        upstream.thenFail(Failure.PROTOCOL_ERROR, "bad chunk size");
        Response response = router(forward().build()).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(502);
        assertThat(body(response))
                .isEqualTo("upstream connect error or disconnect/reset before headers. reset reason: protocol error");
        assertThat(exchange.details()).isEqualTo("upstream_reset_before_response_started{protocol_error}");
        assertThat(flags()).containsExactly(ResponseFlag.UPSTREAM_PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void everyFailureIsToldAndLoggedAndLeavesNothingBehind(Failure failure) {
        upstream.thenFail(failure, "why");
        Response response =
                router(forward().retry(RetryPolicyConfig.NONE).build()).handle(get("/"), exchange);
        assertThat(response.status()).isBetween(400, 504);
        assertThat(failure.flag() == null || exchange.flagged(failure.flag())).isTrue();
        assertThat(exchange.details()).isNotEmpty().doesNotContain(" ");
        response.close();
        assertNothingIsHeld();
    }

    @Test
    void aConnectIsTriedOnceMoreAndCountedAsARetry() {
        upstream.thenFail(Failure.CONNECT_REFUSED, "refused");
        upstream.thenAnswer(200);
        Response response = router(forward().build()).handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(200);
        assertThat(upstream.cluster.stats().upstreamRqRetry.value()).isEqualTo(1);
        assertThat(upstream.cluster.stats().upstreamRqRetrySuccess.value()).isEqualTo(1);
        response.close();
        assertNothingIsHeld();
    }

    @Test
    void aConnectIsTriedOnceWhereThePolicySaysNoRetries() {
        upstream.thenFail(Failure.CONNECT_REFUSED, "refused");
        Response response = router(forward()
                        .retry(RetryPolicyConfig.builder().numRetries(0).build())
                        .build())
                .handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(503);
        assertThat(upstream.sent).hasSize(1);
        assertNothingIsHeld();
    }

    @Test
    void anOpenBreakerAnswersAtOnce() {
        upstream = new ScriptedUpstream(
                ScriptedUpstream.fixed(1),
                builder -> builder.failureBreaker(FailureBreakerConfig.builder()
                        .minRequests(1)
                        .failureRatePercent(1)
                        .delay(Duration.ofHours(1))
                        .build()));
        Router router = router(forward().build());
        upstream.thenAnswer(500);
        router.handle(get("/"), Exchange.begin()).close();
        Response response = router.handle(get("/"), exchange);
        assertThat(response.status()).isEqualTo(503);
        assertThat(exchange.details()).isEqualTo("failure_breaker_open");
        assertThat(response.localReply().body())
                .isEqualTo("upstream connect error or disconnect/reset before headers. "
                        + "reset reason: failure breaker open");
        assertThat(flags()).containsExactly(ResponseFlag.UPSTREAM_OVERFLOW);
        assertThat(upstream.sent).hasSize(1);
        assertNothingIsHeld();
    }

    @Test
    void aBugInAnAttemptLeavesNothingBehind() {
        upstream.then((request, noted, cancellation) -> {
            throw new IOException("meant by the test");
        });
        Router router = router(forward().retry(on5xx(1).build()).build());
        assertThatThrownBy(() -> router.handle(get("/"), exchange)).isInstanceOf(IllegalStateException.class);
        assertNothingIsHeld();
    }

    // Splits

    @Test
    void anOperatorMayShiftASplit() {
        Runtime runtime = Runtime.of(
                new RuntimeConfig(List.of(new RuntimeConfig.Admin("admin"))), upstream.stats.scope("runtime"));
        ForwardConfig action = ForwardConfig.builder(List.of(
                        new WeightedCluster("nowhere", 100, HeaderMutations.NONE),
                        new WeightedCluster("search", 0, HeaderMutations.NONE)))
                .runtimeKeyPrefix("shift")
                .build();
        Router router = new Router(
                table(route(action)),
                new RouterNeeds(
                        name -> name.equals("search") ? upstream.cluster : null,
                        deadlines,
                        runtime,
                        upstream.stats.http("ingress"),
                        Duration.ZERO,
                        1024,
                        false));
        assertThat(router.handle(get("/"), Exchange.begin()).status()).isEqualTo(503);
        runtime.modify(Map.of("shift.nowhere", "0", "shift.search", "1"));
        upstream.thenAnswer(200);
        assertThat(router.handle(get("/"), exchange).status()).isEqualTo(200);
    }
}
