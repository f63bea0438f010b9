package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.GrpcTimeoutConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.StreamDurationConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.policy.Outcome;
import dev.attache.core.runtime.Runtime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is different for a request of gRPC. */
@Timeout(60)
class GrpcCallTest {

    private final Deadlines deadlines = Deadlines.open();
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final Exchange exchange = Exchange.begin();

    @AfterEach
    void closeDeadlines() {
        deadlines.close();
    }

    private Response call(ForwardConfig.Builder forward, Request request) {
        RouteConfig route =
                RouteConfig.builder(RouteMatch.prefix("/"), forward.build()).build();
        Router router = new Router(
                RouteTableConfig.builder()
                        .virtualHosts(List.of(VirtualHostConfig.builder("vh", List.of("*"), List.of(route))
                                .build()))
                        .build(),
                new RouterNeeds(
                        name -> upstream.cluster,
                        deadlines,
                        Runtime.of(RuntimeConfig.DEFAULT, upstream.stats.scope("runtime")),
                        upstream.stats.http("ingress"),
                        Duration.ZERO,
                        1024));
        return router.handle(request, exchange);
    }

    private static ForwardConfig.Builder obeying(Duration headerMax) {
        return ForwardConfig.to("search")
                .streamDuration(new StreamDurationConfig(Duration.ZERO, Optional.of(headerMax), Duration.ZERO));
    }

    private static Request grpc(String... headers) {
        return request("application/grpc", headers);
    }

    private static Request request(String type, String... headers) {
        HttpFields.Mutable fields = HttpFields.build().put("content-type", type);
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        return new Request("POST", "http", "a.test", "/s/m", fields, Body.EMPTY);
    }

    private String told(String header) {
        return upstream.sent.getFirst().headers().get(header);
    }

    private void assertNothingIsHeld() {
        assertThat(upstream.cluster.limits(false).requests().used()).isZero();
        assertThat(upstream.scope.gauge("upstream_rq_active").value()).isZero();
    }

    /** A message that begins and does not end before it is given up. */
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

    // Time

    @Test
    void endsWhenTheTimeOfItsCallerIsOver() {
        upstream.thenHang(new CountDownLatch(1));

        Response response = call(obeying(Duration.ZERO), grpc("grpc-timeout", "5m"));

        assertThat(response.localReply().status()).isEqualTo(504);
        assertThat(response.localReply().grpcStatus()).isEqualTo(4);
        assertThat(exchange.details()).isEqualTo("max_duration_timeout");
        assertThat(exchange.flagged(ResponseFlag.DURATION_TIMEOUT)).isTrue();
        assertThat(told("grpc-timeout")).isEqualTo("5m");
        assertThat(told("x-envoy-expected-rq-timeout-ms")).isNull();
        assertNothingIsHeld();
    }

    @Test
    void endsAlsoWhileItsRequestIsStillComing() {
        upstream.thenHang(new CountDownLatch(1));
        Request streaming = grpc("grpc-timeout", "5m").withBody(new Endless(new Cancellation()));

        Response response = call(obeying(Duration.ZERO), streaming);

        assertThat(response.localReply().status()).isEqualTo(408);
        assertThat(response.localReply().grpcStatus()).isEqualTo(4);
        assertNothingIsHeld();
    }

    @Test
    void endsAlsoInTheMiddleOfItsResponse() {
        upstream.then((request, noted, cancellation) ->
                new Outcome.Answered(ScriptedUpstream.response(200, new Endless(cancellation))));

        Response response = call(obeying(Duration.ZERO), grpc("grpc-timeout", "50m"));

        assertThat(response.status()).isEqualTo(200);
        assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
        response.close();
        assertThat(exchange.details()).isEqualTo("max_duration_timeout");
        assertThat(exchange.flagged(ResponseFlag.DURATION_TIMEOUT)).isTrue();
        assertNothingIsHeld();
    }

    @Test
    void hasNoMoreTimeThanItsRouteAllows() {
        upstream.thenHang(new CountDownLatch(1));

        Response response = call(obeying(Duration.ofMillis(5)), grpc("grpc-timeout", "1H"));

        assertThat(response.localReply().details()).isEqualTo("max_duration_timeout");
        assertThat(told("grpc-timeout")).isEqualTo("5m");
    }

    @Test
    void endsAtOnceWhenNothingIsLeftOfItsTime() {
        upstream.thenHang(new CountDownLatch(1));
        ForwardConfig.Builder forward = ForwardConfig.to("search")
                .streamDuration(new StreamDurationConfig(
                        Duration.ZERO, Optional.of(Duration.ZERO), Duration.ofMinutes(1)));

        assertThat(call(forward, grpc("grpc-timeout", "1S")).localReply().grpcStatus())
                .isEqualTo(4);
    }

    @Test
    void hasTheTimeOfEveryStreamWhereItSaysNothingThatCanBeRead() {
        upstream.thenHang(new CountDownLatch(1));
        ForwardConfig.Builder forward = ForwardConfig.to("search")
                .streamDuration(new StreamDurationConfig(
                        Duration.ofMillis(5), Optional.of(Duration.ZERO), Duration.ZERO));

        Response response = call(forward, grpc("grpc-timeout", "soon"));

        assertThat(response.localReply().details()).isEqualTo("max_duration_timeout");
        assertThat(told("grpc-timeout")).isEqualTo("5m");
    }

    @Test
    void neverTellsTheUpstreamOfMoreTimeThanTheCallerHas() {
        upstream.thenAnswer(200);
        ForwardConfig.Builder forward = ForwardConfig.to("search")
                .streamDuration(new StreamDurationConfig(Duration.ofMinutes(1), Optional.empty(), Duration.ZERO));

        call(forward, grpc("grpc-timeout", "20S"));

        assertThat(told("grpc-timeout")).isEqualTo("20000m");
    }

    @Test
    void isObeyedOnlyWhereItIsOne() {
        upstream.thenAnswer(200);

        call(obeying(Duration.ZERO), request("application/json", "grpc-timeout", "1n"));

        assertThat(exchange.details()).isEqualTo("via_upstream");
        assertThat(told("grpc-timeout")).isEqualTo("1n");
    }

    @Test
    void isObeyedOnlyWhereItsRouteSaysSo() {
        upstream.thenAnswer(200);

        call(ForwardConfig.to("search"), grpc("grpc-timeout", "1n"));

        assertThat(exchange.details()).isEqualTo("via_upstream");
        assertThat(told("grpc-timeout")).isEqualTo("1n");
        assertThat(told("x-envoy-expected-rq-timeout-ms")).isEqualTo("15000");
    }

    @Test
    void limitsEveryStreamOfARouteWithADuration() {
        upstream.thenHang(new CountDownLatch(1));
        ForwardConfig.Builder forward = ForwardConfig.to("search")
                .streamDuration(new StreamDurationConfig(Duration.ofMillis(5), Optional.empty(), Duration.ZERO));

        Response response = call(forward, request("text/plain"));

        assertThat(response.status()).isEqualTo(504);
        assertThat(response.localReply().body()).isEqualTo("downstream duration timeout");
    }

    @Test
    void mayHaveItsTimeAsTheTimeoutOfTheRoute() {
        upstream.thenHang(new CountDownLatch(1));
        ForwardConfig.Builder forward =
                ForwardConfig.to("search").grpcTimeout(new GrpcTimeoutConfig(Duration.ZERO, Duration.ZERO));

        Response response = call(forward, grpc("grpc-timeout", "5m"));

        assertThat(response.localReply().grpcStatus()).isEqualTo(4);
        assertThat(exchange.details()).isEqualTo("upstream_response_timeout");
        assertThat(exchange.flagged(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT)).isTrue();
        assertThat(told("grpc-timeout")).matches("[1-5]m");
        assertThat(told("x-envoy-expected-rq-timeout-ms")).matches("[1-5]");
    }

    @Test
    void letsTheHeaderOfTheProxyHaveTheLastWord() {
        upstream.thenAnswer(200);
        ForwardConfig.Builder forward =
                ForwardConfig.to("search").grpcTimeout(new GrpcTimeoutConfig(Duration.ZERO, Duration.ZERO));

        call(forward, grpc("grpc-timeout", "1n", "x-envoy-upstream-rq-timeout-ms", "60000"));

        assertThat(exchange.details()).isEqualTo("via_upstream");
        assertThat(Integer.parseInt(told("x-envoy-expected-rq-timeout-ms"))).isBetween(50_000, 60_000);
        assertThat(told("grpc-timeout")).isEqualTo(told("x-envoy-expected-rq-timeout-ms") + "m");
    }
}
