package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StreamDurationConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import dev.attache.core.upstream.Cluster;
import dev.attache.core.upstream.http1.Http1Client;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A router over the HTTP/1.1 client and real sockets. */
@Timeout(60)
class ForwardingTest {

    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    private static final String UNAVAILABLE = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy";

    private final Deadlines deadlines = Deadlines.open();
    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private final StatScope scope = stats.cluster("up");
    private final Exchange exchange = Exchange.begin();
    private Cluster cluster;

    @AfterEach
    void close() {
        if (cluster != null) {
            cluster.close();
        }
        deadlines.close();
    }

    private static final class NoNames implements DnsResolver {
        @Override
        public Answer lookup(String name, DnsFamily family) {
            throw new AssertionError(name);
        }

        @Override
        public void close() {}
    }

    private Router router(ForwardConfig.Builder forward, int... ports) {
        List<EndpointConfig> endpoints = Arrays.stream(ports)
                .mapToObj(port -> new EndpointConfig(Address.loopback(port)))
                .toList();
        ClusterConfig config = ClusterConfig.builder("up", new DiscoveryConfig.Static(endpoints))
                .connectTimeout(Duration.ofSeconds(20))
                .build();
        cluster = new Cluster(
                config,
                scope,
                new NoNames(),
                made -> new Http1Client(config, made.stats(), made.limits(false), null, deadlines));
        cluster.start();
        RouteConfig route =
                RouteConfig.builder(RouteMatch.prefix("/"), forward.build()).build();
        return new Router(
                RouteTableConfig.builder()
                        .virtualHosts(List.of(VirtualHostConfig.builder("vh", List.of("*"), List.of(route))
                                .build()))
                        .build(),
                new RouterNeeds(
                        name -> name.equals("up") ? cluster : null,
                        deadlines,
                        Runtime.of(RuntimeConfig.DEFAULT, stats.scope("runtime")),
                        stats.http("ingress"),
                        Duration.ofMinutes(5),
                        1024,
                        false));
    }

    private static ForwardConfig.Builder forward() {
        return ForwardConfig.to("up").timeout(Duration.ofSeconds(50));
    }

    private static RetryPolicyConfig.Builder on5xx(int retries) {
        return RetryPolicyConfig.builder()
                .retryOn(Set.of("5xx"))
                .numRetries(retries)
                .baseInterval(Duration.ofMillis(1))
                .maxInterval(Duration.ofMillis(1));
    }

    private static Request get() {
        return new Request("GET", "http", "www.example.org", "/page", HttpFields.EMPTY, Body.EMPTY);
    }

    private static String text(Response response) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (ByteBuffer part = response.body().read();
                part != null;
                part = response.body().read()) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            content.write(bytes);
        }
        return content.toString(StandardCharsets.ISO_8859_1);
    }

    private void assertNothingIsHeld() {
        assertThat(cluster.limits(false).requests().used()).isZero();
        assertThat(cluster.limits(false).retries().used()).isZero();
        assertThat(scope.gauge("upstream_rq_active").value()).isZero();
    }

    @Test
    void aRetryUsesTheConnectionOfTheDiscardedAnswerAgain() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(UNAVAILABLE, OK))) {
            Router router = router(forward().retry(on5xx(1).build()), upstream.port());
            try (Response response = router.handle(get(), exchange)) {
                assertThat(response.status()).isEqualTo(200);
                assertThat(text(response)).isEqualTo("ok");
            }
            assertThat(upstream.connections()).isEqualTo(1);
            assertThat(scope.histogram("upstream_rq_time").count()).isEqualTo(1);
            assertNothingIsHeld();
        }
    }

    @Test
    void timesAnAnswerWhoseReaderKnowsItsLength() throws IOException {
        String large = "HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n" + "x".repeat(9000);
        String empty = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(large, empty))) {
            Router router = router(forward(), upstream.port());
            for (int size : new int[] {9000, 0}) {
                try (Response response = router.handle(get(), Exchange.begin())) {
                    for (int left = size; left > 0; ) {
                        left -= response.body().read().remaining();
                    }
                }
            }
            assertThat(scope.histogram("upstream_rq_time").count()).isEqualTo(2);
            assertNothingIsHeld();
        }
    }

    @Test
    void aBrokenUploadSaysNothingAboutTheCluster() throws IOException {
        Body.Streaming broken = new Upload() {
            @Override
            public ByteBuffer read() throws IOException {
                throw new IOException("broke off");
            }
        };
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.awaitEnd();
        })) {
            Response response = router(forward(), upstream.port()).handle(get().withBody(broken), exchange);
            assertThat(response.status()).isEqualTo(400);
            assertThat(scope.counter("upstream_rq_completed").value()).isZero();
            assertNothingIsHeld();
        }
    }

    @Test
    void goesToAnotherEndpointWhenOneRefuses() throws IOException {
        int refusing;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refusing = free.getLocalPort();
        }
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget())) {
            Router router = router(
                    forward().retry(on5xx(1).retryOn(Set.of("connect-failure")).build()), refusing, upstream.port());
            for (int i = 0; i < 4; i++) {
                try (Response response = router.handle(get(), Exchange.begin())) {
                    assertThat(response.status()).isEqualTo(200);
                }
            }
            assertThat(scope.counter("upstream_rq_retry").value()).isPositive();
            assertNothingIsHeld();
        }
    }

    @Test
    void tellsThatTheUpstreamRefuses() throws IOException {
        int refusing;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refusing = free.getLocalPort();
        }
        Response response = router(forward(), refusing).handle(get(), exchange);
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.localReply().body())
                .startsWith("upstream connect error or disconnect/reset before headers. "
                        + "retried and the latest reset reason: remote connection failure");
        assertThat(exchange.flagged(ResponseFlag.UPSTREAM_CONNECTION_FAILURE)).isTrue();
        assertNothingIsHeld();
    }

    @Test
    void theRouteTimeoutClosesTheConnectionAndTheClientIsTold() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.awaitEnd();
            ended.countDown();
        })) {
            Router router = router(forward().timeout(Duration.ofMillis(20)), upstream.port());
            Response response = router.handle(get(), exchange);
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.localReply().body()).isEqualTo("upstream request timeout");
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertNothingIsHeld();
        }
    }

    @Test
    void theRouteTimeoutBreaksABodyOff() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
            peer.awaitEnd();
            ended.countDown();
        })) {
            Router router = router(forward().timeout(Duration.ofMillis(300)), upstream.port());
            try (Response response = router.handle(get(), exchange)) {
                assertThat(response.status()).isEqualTo(200);
                assertThatThrownBy(() -> text(response)).isInstanceOf(IOException.class);
            }
            assertThat(exchange.flagged(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT)).isTrue();
            assertThat(exchange.flagged(ResponseFlag.UPSTREAM_CONNECTION_TERMINATION))
                    .isFalse();
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertNothingIsHeld();
        }
    }

    @Test
    void anAttemptThatHangsIsGivenUpForAnother() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            if (peer.number() == 0) {
                peer.awaitEnd();
            } else {
                peer.send(OK);
            }
        })) {
            Router router = router(
                    forward()
                            .retry(on5xx(1).perTryTimeout(Duration.ofSeconds(1)).build()),
                    upstream.port());
            try (Response response = router.handle(get(), exchange)) {
                assertThat(response.status()).isEqualTo(200);
                assertThat(text(response)).isEqualTo("ok");
            }
            assertThat(scope.counter("upstream_rq_per_try_timeout").value()).isEqualTo(1);
            assertNothingIsHeld();
        }
    }

    @Test
    void aSilentBodyIsGivenUpByTheIdleLimitOfItsAttempt() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
            peer.awaitEnd();
        })) {
            Router router = router(
                    forward()
                            .retry(on5xx(0).perTryIdleTimeout(Duration.ofMillis(300))
                                    .build()),
                    upstream.port());
            try (Response response = router.handle(get(), exchange)) {
                assertThat(response.status()).isEqualTo(200);
                assertThatThrownBy(() -> text(response)).isInstanceOf(IOException.class);
            }
            assertNothingIsHeld();
        }
    }

    @Test
    void aClientThatLeavesEndsTheAttempt() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            asked.countDown();
            peer.awaitEnd();
            ended.countDown();
        })) {
            Router router = router(forward().retry(on5xx(3).build()), upstream.port());
            CompletableFuture<Response> answer = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> answer.complete(router.handle(get(), exchange)));
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            assertThat(answer.get(30, TimeUnit.SECONDS).localReply().details())
                    .isEqualTo("downstream_remote_disconnect");
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(upstream.connections()).isEqualTo(1);
            assertNothingIsHeld();
        }
    }

    /** An upload whose parts come when the test gives them; an empty one is the end. */
    private static class Upload implements Body.Streaming {
        final BlockingQueue<Optional<String>> parts = new LinkedBlockingQueue<>();
        volatile boolean closed;

        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() throws IOException {
            try {
                Optional<String> part = parts.take();
                if (closed) {
                    throw new IOException("closed");
                }
                return part.map(text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)))
                        .orElse(null);
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {
            closed = true;
            parts.add(Optional.empty());
        }
    }

    @Test
    void anUploadIsRepeatedFromItsBeginningWhileTheClientStillSends() throws Exception {
        Upload upload = new Upload();
        BlockingQueue<String> uploaded = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            if (peer.number() == 0) {
                peer.readLine();
                peer.readBody(5);
                peer.send(UNAVAILABLE); // While the client is silent.
                peer.awaitEnd();
                return;
            }
            upload.parts.add(Optional.of(" world"));
            upload.parts.add(Optional.empty());
            uploaded.add(new String(peer.readChunks(), StandardCharsets.ISO_8859_1));
            peer.send(OK);
        })) {
            upload.parts.add(Optional.of("hello"));
            Router router = router(forward().retry(on5xx(1).build()), upstream.port());
            try (Response response = router.handle(get().withBody(upload), exchange)) {
                assertThat(response.status()).isEqualTo(200);
                assertThat(text(response)).isEqualTo("ok");
            }
            assertThat(RawUpstream.next(uploaded)).isEqualTo("hello world");
            assertNothingIsHeld();
        }
    }

    @Test
    void anEarlyRefusalOfAnUploadIsDeliveredAndTheUploadEnded() throws Exception {
        Upload upload = new Upload();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.readLine();
            peer.readBody(5);
            peer.send("HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nbig");
            peer.awaitEnd();
        })) {
            upload.parts.add(Optional.of("hello"));
            Router router = router(forward().retry(on5xx(1).build()), upstream.port());
            try (Response response = router.handle(get().withBody(upload), exchange)) {
                assertThat(response.status()).isEqualTo(413);
                assertThat(response.headers().contains("x-envoy-upstream-service-time"))
                        .isFalse();
                assertThat(text(response)).isEqualTo("big");
            }
            assertThat(upload.closed).isTrue();
            assertNothingIsHeld();
        }
    }

    @Test
    void theDurationOfAStreamEndsAnUploadThatDoesNotEnd() throws Exception {
        Upload upload = new Upload();
        CountDownLatch ended = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.awaitEnd();
            ended.countDown();
        })) {
            Router router = router(
                    forward()
                            .streamDuration(new StreamDurationConfig(
                                    Optional.of(Duration.ofMillis(20)), Optional.empty(), Duration.ZERO)),
                    upstream.port());
            Response response = router.handle(get().withBody(upload), exchange);
            assertThat(response.status()).isEqualTo(408);
            assertThat(exchange.details()).isEqualTo("max_duration_timeout");
            assertThat(exchange.flagged(ResponseFlag.DURATION_TIMEOUT)).isTrue();
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(upload.closed).isTrue();
            assertNothingIsHeld();
        }
    }
}
