package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.StreamDurationConfig;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http2.Http2Stream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The listener's limit of a whole request, through all of a proxy. */
@Timeout(60)
class StreamDurationTest {

    private static final String BEGIN = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello";
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static final Duration LIMIT = Duration.ofMillis(60);

    @TempDir
    private Path folder;

    private Attache proxy;

    @AfterEach
    void close() {
        if (proxy != null) {
            proxy.close();
        }
    }

    /**
     * Requests to {@code /endless} may last for ever by their route, those to {@code /brief} for a moment, all others as
     * long as the listener says.
     */
    private InetSocketAddress start(RawUpstream upstream) {
        return start(upstream, LIMIT);
    }

    private InetSocketAddress start(RawUpstream upstream, Duration limit) {
        RouteTableConfig routes = RouteTableConfig.of(
                "demo",
                List.of(
                        route("/endless", Optional.of(Duration.ZERO)),
                        route("/brief", Optional.of(LIMIT)),
                        route("/", Optional.empty())));
        HttpConfig http = HttpConfig.builder("demo", routes)
                .maxStreamDuration(limit)
                .upgrades(Set.of("websocket"))
                .accessLogs(List.of(new AccessLogConfig(
                        new AccessLogConfig.Sink.File(folder.resolve("access.log")),
                        Optional.of(new LogFormat.Text(
                                "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%\n", false)),
                        Optional.empty())))
                .build();
        proxy = Attache.builder(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("up", "127.0.0.1", upstream.port())
                                .build())
                        .listener(ListenerConfig.http(Address.loopback(0), http)
                                .name("demo")
                                .build())
                        .build())
                .start();
        return (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();
    }

    private static RouteConfig route(String prefix, Optional<Duration> max) {
        ForwardConfig forward = ForwardConfig.to("up")
                .streamDuration(new StreamDurationConfig(max, Optional.empty(), Duration.ZERO))
                .build();
        return RouteConfig.builder(RouteMatch.prefix(prefix), forward).build();
    }

    private static void beginAnAnswer(RawUpstream.Peer peer) throws IOException {
        peer.readHead();
        peer.send(BEGIN);
        peer.awaitEnd();
    }

    @Test
    void answersWhereTheUpstreamIsWaitedForTooLong() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd);
                RawClient client = RawClient.connect(start(upstream))) {
            RawClient.Answer answer =
                    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readAnswer();

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).isEqualTo("downstream duration timeout");
            assertCounted("504 DT max_duration_timeout");
        }
    }

    @Test
    void answersWhereTheClientIsWaitedForTooLong() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd);
                RawClient client = RawClient.connect(start(upstream))) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhello");

            assertThat(client.readAnswer().status()).isEqualTo(408);
            assertThat(client.read()).isEqualTo(-1);
            assertCounted("408 DT max_duration_timeout");
        }
    }

    @Test
    void answersOverHttp2AsWell() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd);
                Http2Client client = new Http2Client(start(upstream))) {
            assertThat(client.get("/").status()).isEqualTo(504);
            assertThat(Http2Client.answer(client.open("POST", "/", HttpFields.EMPTY, false))
                            .status())
                    .isEqualTo(408);
        }
    }

    @Test
    void breaksAnAnswerOffThatLastsTooLong() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(StreamDurationTest::beginAnAnswer);
                RawClient client = RawClient.connect(start(upstream))) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(new String(client.readBytes(5), StandardCharsets.US_ASCII))
                    .isEqualTo("hello");
            assertThat(client.read()).isEqualTo(-1); // In the middle of what was announced.
            assertCounted("200 DT max_duration_timeout");
        }
    }

    @Test
    void breaksAnAnswerOffOverHttp2WithAResetOfItsStream() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(StreamDurationTest::beginAnAnswer);
                Http2Client client = new Http2Client(start(upstream))) {
            Http2Stream stream = client.open("GET", "/", HttpFields.EMPTY, true);

            assertThat(stream.nextHead().status()).isEqualTo(200);
            assertThatThrownBy(() -> {
                        while (stream.read() != null) {
                            // Until it breaks off.
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertCounted("200 DT max_duration_timeout");
        }
    }

    /** By its listener, or by its route. */
    @ParameterizedTest
    @CsvSource({"/, 60", "/brief, 0", "/brief, 600000"})
    void endsATunnelThatLastsTooLong(String path, long listenersMillis) throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(SWITCH);
                    peer.awaitEnd();
                });
                RawClient client = RawClient.connect(start(upstream, Duration.ofMillis(listenersMillis)))) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(101);
            assertThatThrownBy(client::read).isInstanceOf(IOException.class);
            assertCounted("101 DT max_duration_timeout");
        }
    }

    /** A second request, which begins later and is answered for its duration, tells that the time is over. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isLiftedByARouteThatSaysForHowLong(boolean begun) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch arrived = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    if (!peer.readHead().startsWith("GET /endless")) {
                        peer.awaitEnd();
                        return;
                    }
                    if (begun) {
                        peer.send(BEGIN);
                    }
                    arrived.countDown();
                    over.await();
                    peer.send(begun ? "hello" : BEGIN + "hello");
                });
                RawClient endless = RawClient.connect(start(upstream));
                RawClient other = RawClient.connect(
                        proxy.listeners().getFirst().addresses().getFirst())) {
            endless.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
            arrived.await();
            other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(other.readAnswer().status()).isEqualTo(504);
            over.countDown();

            assertThat(endless.readAnswer().body()).isEqualTo("hellohello");
            assertCounted("504 DT max_duration_timeout", "200 - via_upstream");
        }
    }

    @Test
    void countsNoRequestThatIsAnsweredInTime() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                RawClient client = RawClient.connect(start(upstream))) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                                .readAnswer()
                                .status())
                        .isEqualTo(200);
            }
            assertThat(reached()).isZero();
        }
    }

    private long reached() {
        return proxy.stats()
                .http("demo")
                .counter("downstream_rq_max_duration_reached")
                .value();
    }

    private void assertCounted(String... logged) throws IOException {
        Path log = folder.resolve("access.log");
        Waiting.until(() -> lines(log).size() == logged.length);
        assertThat(lines(log)).containsExactlyInAnyOrder(logged);
        assertThat(reached()).isEqualTo(1);
        Waiting.until(
                () -> proxy.stats().http("demo").gauge("downstream_rq_active").value() == 0);
        Waiting.until(
                () -> proxy.stats().cluster("up").gauge("upstream_rq_active").value() == 0);
    }

    private static List<String> lines(Path log) {
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
