package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteAction.HostRewrite;
import dev.attache.core.config.RouteAction.PathRewrite;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Failure;
import dev.attache.core.runtime.Runtime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is made of a request here is judged as what a client sends, and is never the upstream's fault. */
@Timeout(60)
class InvalidRewriteTest {

    private final Deadlines deadlines = Deadlines.open();
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final Exchange exchange = Exchange.begin();

    @AfterEach
    void close() {
        deadlines.close();
    }

    private Response handle(RouteAction action, Request request) {
        return handle(RouteConfig.builder(RouteMatch.prefix("/"), action).build(), request);
    }

    private Response handle(RouteConfig route, Request request) {
        RouteTableConfig table = RouteTableConfig.builder()
                .virtualHosts(List.of(VirtualHostConfig.builder("vh", List.of("*"), List.of(route))
                        .build()))
                .build();
        Router router = new Router(
                table,
                new RouterNeeds(
                        name -> upstream.cluster,
                        deadlines,
                        Runtime.of(RuntimeConfig.DEFAULT, upstream.stats.scope("runtime")),
                        upstream.stats.http("ingress"),
                        Duration.ZERO,
                        1024,
                        false));
        exchange.received(request);
        return router.handle(request, exchange);
    }

    private static ForwardConfig.Builder forward() {
        RetryPolicyConfig retry = RetryPolicyConfig.builder()
                .retryOn(Set.of("5xx", "reset"))
                .numRetries(3)
                .build();
        return ForwardConfig.to("search").retry(retry);
    }

    private static Request get(String target, String... headers) {
        HttpFields.Mutable fields = HttpFields.build();
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        return new Request("GET", "http", "www.example.org", target, fields.asImmutable(), Body.EMPTY);
    }

    private static Arguments forwarding(String what, ForwardConfig.Builder action, Request request, int status) {
        return Arguments.of(what, action.build(), request, status);
    }

    private static Arguments path(String expression, String substitution, String target, int status) {
        return forwarding(
                expression + " -> " + substitution,
                forward().path(new PathRewrite.Regex(expression, substitution)),
                get(target),
                status);
    }

    private static Arguments host(HostRewrite rewrite, Request request, int status) {
        return forwarding(rewrite.toString(), forward().host(rewrite), request, status);
    }

    private static Arguments redirect(String host, PathRewrite path, String target, int status) {
        return Arguments.of(
                "redirect to " + host + " " + path,
                new RouteAction.Redirect("", host, 0, path, 301, false),
                get(target),
                status);
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                path("^/proxy/(.*)$", "\\1", "/proxy/http://evil/x", 400),
                path("^/proxy/(.*)$", "http://evil/x", "/proxy/a", 500),
                path("^/a", "/../..", "/a/b", 400),
                path("/", " ", "/a", 400),
                path("%2F", "/..", "/a%2F/..", 400),
                path("^.*$", "", "/a", 500),
                path("b", "#", "/ab", 400),
                path("b", "\u4e2d%", "/ab", 400),
                forwarding("a prefix", forward().path(new PathRewrite.Prefix("x")), get("/y"), 400),
                forwarding("nothing but a prefix", forward().path(new PathRewrite.Prefix("x y")), get("/"), 500),
                host(new HostRewrite.Literal("a b/c?d"), get("/"), 500),
                host(new HostRewrite.Header("x-host"), get("/", "x-host", "a b/c?d"), 400),
                host(new HostRewrite.Header("x-host"), get("/", "x-host", "u@a"), 400),
                host(new HostRewrite.Header("x-host"), get("/", "x-host", "a:+80"), 400),
                host(new HostRewrite.PathRegex("^/(.*)$", "\\1"), get("/a/b"), 400),
                host(new HostRewrite.PathRegex("^.*$", "a b"), get("/a"), 500),
                redirect("a b", new PathRewrite.None(), "/", 500),
                redirect("", new PathRewrite.Full("/a b"), "/", 500),
                redirect("", new PathRewrite.Regex("a", " "), "/ab", 400));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("invalid")
    void isAnsweredAndNotSent(String what, RouteAction action, Request request, int status) {
        try (Response response = handle(action, request)) {
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.headers().contains("location")).isFalse();
        }

        assertThat(exchange.details()).isEqualTo("invalid_rewrite");
        assertThat(upstream.sent).isEmpty();
        assertThat(upstream.count("upstream_rq_total")).isZero();
        assertThat(upstream.count("upstream_rq_5xx")).isZero();
        assertThat(upstream.count("upstream_rq_4xx")).isZero();
        assertThat(upstream.count("upstream_rq_retry")).isZero();
        assertThat(upstream.cluster.limits(false).requests().used()).isZero();
    }

    @Test
    void aCallerWithinTheProcessIsJudgedAsWell() {
        for (String target : List.of("http://evil/x", "/a b", "", "/\u4e2d")) {
            try (Response response = handle(
                    RouteConfig.builder(RouteMatch.prefix(""), forward().build())
                            .build(),
                    get(target))) {
                assertThat(response.status()).isIn(400, 404);
            }
        }
        assertThat(upstream.sent).isEmpty();
    }

    @Test
    void aFieldThatCannotBeSentIsOurFaultUnlessItCameSo() {
        upstream.thenFail(Failure.UNSENDABLE, "header x: illegal character");
        try (Response response = handle(forward().build(), get("/"))) {
            assertThat(response.status()).isEqualTo(500);
            assertThat(exchange.details()).isEqualTo("invalid_rewrite");
        }
        upstream.thenFail(Failure.UNSENDABLE, "header x: illegal character");
        try (Response response = handle(forward().build(), get("/", "x", "\u4e2d"))) {
            assertThat(response.status()).isEqualTo(400);
        }
        assertThat(upstream.count("upstream_rq_total")).isZero();
        assertThat(upstream.count("upstream_rq_retry")).isZero();
    }

    @Test
    void textsOfTheConfigurationAreSentAsUtf8() {
        upstream.thenAnswer(200);
        HeaderMutations headers = new HeaderMutations(
                List.of(new HeaderAddition("x-city", "K\u00f6ln")), List.of(), List.of(), List.of());
        RouteConfig route = RouteConfig.builder(
                        RouteMatch.prefix("/caf\u00e9"),
                        forward().path(new PathRewrite.Prefix("/\u4e2d")).build())
                .headers(headers)
                .build();

        handle(route, get("/caf\u00c3\u00a9/x\u00ff")).close();

        Request sent = upstream.sent.getFirst();
        assertThat(sent.target()).isEqualTo("/\u00e4\u00b8\u00ad/x\u00ff");
        assertThat(sent.headers().get("x-city")).isEqualTo("K\u00c3\u00b6ln");
    }
}
