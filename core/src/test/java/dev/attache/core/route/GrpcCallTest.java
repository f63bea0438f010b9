package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.GrpcTimeoutConfig;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.StreamDurationConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.format.Format;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                        1024,
                        false));
        return router.handle(request, exchange);
    }

    private static ForwardConfig.Builder obeying(Duration headerMax) {
        return ForwardConfig.to("search")
                .streamDuration(new StreamDurationConfig(Optional.empty(), Optional.of(headerMax), Duration.ZERO));
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
                .streamDuration(
                        new StreamDurationConfig(Optional.empty(), Optional.of(Duration.ZERO), Duration.ofMinutes(1)));

        assertThat(call(forward, grpc("grpc-timeout", "1S")).localReply().grpcStatus())
                .isEqualTo(4);
    }

    @Test
    void hasTheTimeOfEveryStreamWhereItSaysNothingThatCanBeRead() {
        upstream.thenHang(new CountDownLatch(1));
        ForwardConfig.Builder forward = ForwardConfig.to("search")
                .streamDuration(new StreamDurationConfig(
                        Optional.of(Duration.ofMillis(5)), Optional.of(Duration.ZERO), Duration.ZERO));

        Response response = call(forward, grpc("grpc-timeout", "soon"));

        assertThat(response.localReply().details()).isEqualTo("max_duration_timeout");
        assertThat(told("grpc-timeout")).isEqualTo("5m");
    }

    @Test
    void neverTellsTheUpstreamOfMoreTimeThanTheCallerHas() {
        upstream.thenAnswer(200);
        ForwardConfig.Builder forward = ForwardConfig.to("search")
                .streamDuration(
                        new StreamDurationConfig(Optional.of(Duration.ofMinutes(1)), Optional.empty(), Duration.ZERO));

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
                .streamDuration(
                        new StreamDurationConfig(Optional.of(Duration.ofMillis(5)), Optional.empty(), Duration.ZERO));

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

    // Retries

    private static ForwardConfig.Builder retrying(String on) {
        return ForwardConfig.to("search")
                .retry(RetryPolicyConfig.builder()
                        .retryOn(Set.of(on))
                        .baseInterval(Duration.ofNanos(1000))
                        .maxInterval(Duration.ofNanos(1000))
                        .build());
    }

    @ParameterizedTest
    @CsvSource({"cancelled, 1", "deadline-exceeded, 4", "resource-exhausted, 8", "internal, 13", "unavailable, 14"})
    void isRepeatedWhenItsHeadersSayThatItFailed(String condition, String status) {
        upstream.thenAnswer(200, "grpc-status", status);
        upstream.thenAnswer(200, "grpc-status", "0");

        Response response = call(retrying(condition), grpc());

        assertThat(response.headers().get("grpc-status")).isEqualTo("0");
        assertThat(upstream.count("upstream_rq_retry")).isEqualTo(1);
        assertThat(upstream.count("upstream_rq_retry_success")).isEqualTo(1);
    }

    @Test
    void isNotRepeatedForAnotherStatus() {
        upstream.thenAnswer(200, "grpc-status", "5");

        assertThat(call(retrying("unavailable"), grpc()).headers().get("grpc-status"))
                .isEqualTo("5");
        assertThat(upstream.count("upstream_rq_retry")).isZero();
    }

    @Test
    void isNotRepeatedWhenItFailsInItsTrailers() throws IOException {
        upstream.then((request, noted, cancellation) ->
                new Outcome.Answered(ScriptedUpstream.response(200, new Message("grpc-status", "14"))));

        Response response = call(retrying("unavailable"), grpc());
        while (response.body().read() != null) {}

        assertThat(response.body().trailers().get("grpc-status")).isEqualTo("14");
        assertThat(upstream.count("upstream_rq_retry")).isZero();
    }

    @Test
    void isRepeatedWhereItAsksForIt() {
        upstream.thenAnswer(200, "grpc-status", "14");
        upstream.thenAnswer(200, "grpc-status", "0");

        Response response = call(ForwardConfig.to("search"), grpc("x-envoy-retry-grpc-on", "unavailable"));

        assertThat(response.headers().get("grpc-status")).isEqualTo("0");
        assertThat(told("x-envoy-retry-grpc-on")).isNull();
    }

    @Test
    void isRepeatedWithItsMessageAndItsTrailers() {
        List<String> seen = new ArrayList<>();
        for (String status : List.of("14", "0")) {
            upstream.then((request, noted, cancellation) -> {
                for (ByteBuffer part = request.body().read();
                        part != null;
                        part = request.body().read()) {
                    seen.add(StandardCharsets.US_ASCII.decode(part).toString());
                }
                seen.add(request.body().trailers().get("x-checksum"));
                return ScriptedUpstream.answer(200, "grpc-status", status);
            });
        }

        call(retrying("unavailable"), grpc().withBody(new Message("x-checksum", "abc")));

        assertThat(seen).containsExactly("hello", "abc", "hello", "abc");
    }

    /** One message and its trailers. */
    private static final class Message implements Body.Streaming {
        private final HttpFields trailers;
        private int reads;

        Message(String trailer, String value) {
            trailers = HttpFields.build().put(trailer, value);
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() {
            return reads++ == 0 ? ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)) : null;
        }

        @Override
        public HttpFields trailers() {
            return reads > 1 ? trailers : HttpFields.EMPTY;
        }

        @Override
        public void close() {}
    }

    // How it ended

    private String logged() {
        return Format.line(new LogFormat.Text("%GRPC_STATUS% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%", false))
                .apply(exchange);
    }

    @Test
    void isLoggedWithTheStatusInItsTrailers() throws IOException {
        upstream.then((request, noted, cancellation) ->
                new Outcome.Answered(ScriptedUpstream.response(200, new Message("grpc-status", "5"))));

        Response response = call(ForwardConfig.to("search"), grpc());
        while (response.body().read() != null) {}
        response.close();
        exchange.responded(response.status(), response.headers());

        assertThat(logged()).isEqualTo("NotFound - via_upstream");
    }

    @Test
    void isLoggedAsUnknownWhenItsStreamIsResetBeforeItsTrailers() {
        upstream.then((request, noted, cancellation) -> new Outcome.Answered(
                ScriptedUpstream.response(200, new Broken(() -> noted.flag(ResponseFlag.UPSTREAM_REMOTE_RESET)))));

        Response response = call(ForwardConfig.to("search"), grpc());
        exchange.responded(response.status(), response.headers());
        assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
        response.close();

        assertThat(logged()).isEqualTo("Unknown UR upstream_reset_after_response_started{remote_reset}");
    }

    /** Breaks off, whoever reads it says why. */
    private record Broken(Runnable why) implements Body.Streaming {
        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() throws IOException {
            why.run();
            throw new IOException("reset");
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {}
    }
}
