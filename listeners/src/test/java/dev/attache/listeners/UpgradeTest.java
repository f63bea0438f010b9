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
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Request;
import dev.attache.core.http.WebSocketKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that go over to another protocol, through all of a proxy. */
@Timeout(120)
class UpgradeTest {

    private static final int MIB = 1024 * 1024;
    private static final String ASK =
            "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    @TempDir
    private Path folder;

    private final CountDownLatch never = new CountDownLatch(1);
    private Attache proxy;

    @AfterEach
    void close() {
        if (proxy != null) {
            proxy.close();
        }
    }

    private int start(RawUpstream upstream) {
        return start(upstream, http -> http, route -> route);
    }

    private int start(
            RawUpstream upstream, UnaryOperator<HttpConfig.Builder> http, UnaryOperator<ForwardConfig.Builder> route) {
        HttpConfig config = http.apply(HttpConfig.forwarding(
                                "demo", route.apply(ForwardConfig.to("up")).build())
                        .upgrades(Set.of("websocket"))
                        .accessLogs(List.of(new AccessLogConfig(
                                new AccessLogConfig.Sink.File(folder.resolve("access.log")),
                                Optional.of(new LogFormat.Text(
                                        "%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT%"
                                                + " %RESPONSE_CODE_DETAILS%\n",
                                        false)),
                                Optional.empty()))))
                .build();
        proxy = Attache.builder(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("up", "127.0.0.1", upstream.port())
                                .build())
                        .listener(ListenerConfig.http(Address.loopback(0), config)
                                .name("demo")
                                .build())
                        .build())
                .start();
        return Embedded.port(proxy, "demo");
    }

    private long counter(String name) {
        return proxy.stats().http("demo").counter(name).value();
    }

    private long gauge(String name) {
        return proxy.stats().http("demo").gauge(name).value();
    }

    private String logLine() throws IOException {
        Path log = folder.resolve("access.log");
        Waiting.until(() -> {
            try {
                return Files.exists(log) && Files.readString(log).endsWith("\n");
            } catch (IOException unreadable) {
                return false;
            }
        });
        return Files.readString(log).strip();
    }

    private void assertNothingIsHeld() {
        Waiting.until(() -> gauge("downstream_rq_active") == 0 && gauge("downstream_cx_upgrades_active") == 0);
        assertThat(proxy.stats().cluster("up").gauge("upstream_rq_active").value())
                .isZero();
        Waiting.until(
                () -> proxy.stats().cluster("up").gauge("upstream_cx_active").value() == 0);
    }

    private static RawClient open(int port) throws IOException {
        RawClient client = RawClient.connect(port).send(ASK);
        assertThat(client.readHead().status()).isEqualTo(101);
        return client;
    }

    /** Switches, and echoes whatever comes until it ends. */
    private static void echo(RawUpstream.Peer peer) throws IOException {
        peer.readHead();
        peer.send(SWITCH);
        peer.in().transferTo(peer.out());
    }

    @Test
    void handsTheHandshakeOnWithoutWhatBelongsToOneConnection() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            heads.add(peer.readHead());
            peer.send(SWITCH.replace("\r\n\r\n", "\r\nKeep-Alive: 5\r\nContent-Length: 3\r\n\r\n"));
            peer.awaitEnd();
        })) {
            int port = start(upstream);
            try (RawClient client = RawClient.connect(port).send(ASK)) {
                RawClient.Head head = client.readHead();
                assertThat(head.text()).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
                assertThat(head.header("connection")).isEqualTo("Upgrade");
                assertThat(head.header("upgrade")).isEqualTo("websocket");
                assertThat(head.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
                assertThat(head.header("content-length")).isNull();
                assertThat(head.header("transfer-encoding")).isNull();
                assertThat(head.header("keep-alive")).isNull();
            }
            assertThat(RawUpstream.next(heads))
                    .startsWith("GET /chat HTTP/1.1\r\nhost: h\r\n")
                    .contains("\r\nconnection: Upgrade\r\nupgrade: websocket\r\n")
                    .contains("\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
                    .doesNotContain("keep-alive", "content-length", "transfer-encoding");
        }
    }

    @Test
    void carriesAMebibyteEachWayAtOnceAndCountsIt() throws Exception {
        byte[] bytes = new byte[MIB];
        new Random(1).nextBytes(bytes);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    peer.out().write(bytes);
                    peer.shutdownOutput();
                } catch (IOException gone) {
                    throw new AssertionError(gone);
                }
            });
            assertThat(peer.in().readAllBytes()).isEqualTo(bytes);
            writer.join();
        })) {
            int port = start(upstream);
            try (RawClient client = open(port)) {
                assertThat(counter("downstream_cx_upgrades_total")).isEqualTo(1);
                assertThat(gauge("downstream_cx_upgrades_active")).isEqualTo(1);
                Thread writer = Thread.ofVirtual().start(() -> {
                    try {
                        client.send(bytes).shutdownOutput();
                    } catch (IOException gone) {
                        throw new AssertionError(gone);
                    }
                });
                assertThat(client.readBytes(MIB)).isEqualTo(bytes);
                assertThat(client.read()).isEqualTo(-1);
                writer.join();
            }
            assertThat(logLine()).isEqualTo("101 - " + MIB + " " + MIB + " via_upstream");
            assertNothingIsHeld();
        }
        assertThat(counter("downstream_rq_1xx")).isEqualTo(1);
    }

    @Test
    void losesNoBytesThatComeWithAHead() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            assertThat(peer.in().available()).isZero();
            peer.send(SWITCH + "hello client");
            assertThat(peer.readBody(12)).asString().isEqualTo("hello server");
            peer.send(", done");
        })) {
            int port = start(upstream);
            try (RawClient client = RawClient.connect(port).send(ASK + "hello server")) {
                assertThat(client.readHead().status()).isEqualTo(101);
                assertThat(new String(client.readBytes(18), StandardCharsets.US_ASCII))
                        .isEqualTo("hello client, done");
            }
        }
    }

    @Test
    void sendsNothingAheadOfTheSwitchAlsoWhenItsClientIsWatchedMeanwhile() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            sent.await();
            assertThat(never.await(1_500, TimeUnit.MILLISECONDS)).isFalse(); // By then its client is watched.
            assertThat(peer.in().available()).isZero();
            peer.send(SWITCH);
            peer.in().transferTo(peer.out());
        })) {
            int port = start(upstream);
            try (RawClient client = RawClient.connect(port).send(ASK)) {
                client.send("early ".repeat(500));
                sent.countDown();
                assertThat(client.readHead().status()).isEqualTo(101);
                client.send("late").shutdownOutput();
                assertThat(client.readAll()).isEqualTo("early ".repeat(500) + "late");
            }
            assertThat(logLine()).startsWith("101 - 3004 3004 ");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 426, 503})
    void aRefusalIsTheAnswerAndEndsTheConnectionWithWhatCameAhead(int status) throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send("HTTP/1.1 " + status + " x\r\ncontent-length: 2\r\nUpgrade: websocket\r\n\r\nno");
            assertThat(peer.in().read()).as("more requests").isEqualTo(-1);
        })) {
            int port = start(upstream);
            try (RawClient client = RawClient.connect(port).send(ASK + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")) {
                RawClient.Answer answer = client.readAnswer();
                assertThat(answer.status()).isEqualTo(status);
                assertThat(answer.body()).isEqualTo("no");
                assertThat(answer.head().header("connection")).isEqualTo("close");
                assertThat(answer.head().header("upgrade")).isNull();
                assertThat(client.read()).isEqualTo(-1);
            }
            assertThat(upstream.connections()).isEqualTo(1);
            assertThat(logLine()).startsWith(status + " - 0 2 ");
            assertThat(counter("downstream_cx_upgrades_total")).isZero();
            assertNothingIsHeld();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Connection: Upgrade, Upgrade: other",
        "Connection: Upgrade, Upgrade: websocket; x",
        "Connection: Upgrade, X: y",
        "X: y, Upgrade: websocket"
    })
    void anythingButTheSwitchThatWasAskedForIsMalformed(String first, String second) throws Exception {
        try (RawUpstream upstream =
                RawUpstream.start(RawUpstream.answering("HTTP/1.1 101 x\r\n" + first + "\r\n" + second + "\r\n\r\n"))) {
            int port = start(upstream);
            try (RawClient client = RawClient.connect(port).send(ASK)) {
                assertThat(client.readAnswer().status()).isEqualTo(502);
            }
            assertThat(logLine()).startsWith("502 UPE ");
        }
    }

    // Who may

    @ParameterizedTest
    @CsvSource({
        "websocket,true,,200",
        "websocket,false,false,403",
        "other,true,,403",
        "'websocket, h2c',true,,403",
        "'h2c, websocket',true,,403",
        "websocket/13,true,,403",
        "websocket,false,true,200",
        "websocket,false,,403",
        "websocket,true,false,403"
    })
    void onlyWhatListenerAndRouteAllowIsForwarded(String protocol, boolean listener, Boolean route, int status)
            throws Exception {
        try (RawUpstream upstream =
                RawUpstream.start(RawUpstream.answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"))) {
            int port = start(
                    upstream,
                    http -> http.upgrades(listener ? Set.of("websocket") : Set.of()),
                    forward -> forward.upgrades(route == null ? Map.of() : Map.of("websocket", route)));
            try (RawClient client = RawClient.connect(port)
                    .send("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: " + protocol + "\r\n\r\n")) {
                RawClient.Answer answer = client.readAnswer();
                assertThat(answer.status()).isEqualTo(status);
                assertThat(answer.head().header("connection")).isEqualTo("close");
            }
            boolean refused = status == 403;
            assertThat(upstream.connections()).isEqualTo(refused ? 0 : 1);
            assertThat(counter("downstream_rq_ws_on_non_ws_route")).isEqualTo(refused ? 1 : 0);
            assertThat(logLine()).startsWith(refused ? "403 - 0 0 upgrade_failed" : "200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1\r\nUpgrade: websocket\r\n",
                "HTTP/1.1\r\nConnection: keep-alive\r\nUpgrade: websocket\r\n",
                "HTTP/1.1\r\nConnection: Upgrade\r\n",
                "HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade:\r\n",
                "HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
                "HTTP/1.0\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
            })
    void whatIsNoUpgradeIsServedWithoutItsHeaders(String head) throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            for (String next = peer.readHead(); next != null; next = peer.readHead()) {
                heads.add(next);
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            }
        })) {
            int port = start(upstream, http -> http.acceptHttp10(true), route -> route);
            try (RawClient client = RawClient.connect(port)) {
                for (int i = 0; i < 2; i++) {
                    client.send("GET / " + head + "Host: h\r\n\r\n");
                    assertThat(client.readAnswer().status()).isEqualTo(200);
                    assertThat(RawUpstream.next(heads).toLowerCase(Locale.ROOT))
                            .doesNotContain("upgrade", "http2-settings", "connection");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
    void anUpgradeWithContentIsRefused(String rest) throws Exception {
        try (RawUpstream upstream = RawUpstream.start(UpgradeTest::echo)) {
            int port = start(upstream);
            try (RawClient client = RawClient.connect(port).send(ASK.replace("\r\n\r\n", "\r\n" + rest))) {
                assertThat(client.readAnswer().status()).isEqualTo(400);
                assertThat(client.read()).isEqualTo(-1);
            }
            assertThat(upstream.connections()).isZero();
        }
    }

    @Test
    void servesAClientThatWouldPreferHttp2() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                HttpClient client = HttpClient.newHttpClient()) {
            int port = start(upstream);
            URI uri = URI.create("http://127.0.0.1:" + port + "/jdk");
            HttpResponse<String> get =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(get.statusCode()).isEqualTo(200);
            assertThat(get.body()).endsWith("/jdk -");
            HttpResponse<String> post = client.send(
                    HttpRequest.newBuilder(uri)
                            .POST(HttpRequest.BodyPublishers.ofString("content"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(post.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void carriesAWebSocketOfTheJdk() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(UpgradeTest::echoMessages);
                HttpClient client = HttpClient.newHttpClient()) {
            int port = start(upstream);
            BlockingQueue<String> received = new LinkedBlockingQueue<>();
            CompletableFuture<Integer> closed = new CompletableFuture<>();
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/chat"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                            received.add(data.toString());
                            webSocket.request(1);
                            return null;
                        }

                        @Override
                        public CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
                            closed.complete(status);
                            return null;
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
            for (String message : List.of("one", "two", "three")) {
                socket.sendText(message, true).get(30, TimeUnit.SECONDS);
                assertThat(RawUpstream.next(received)).isEqualTo(message);
            }
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(30, TimeUnit.SECONDS);
            assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
            assertNothingIsHeld();
        }
    }

    /** A server of short WebSocket messages. */
    private static void echoMessages(RawUpstream.Peer peer) throws Exception {
        String head = peer.readHead();
        String key = head.lines()
                .filter(line -> line.regionMatches(true, 0, "sec-websocket-key: ", 0, 19))
                .findFirst()
                .orElseThrow()
                .substring(19);
        peer.send("HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: "
                + WebSocketKey.accept(key) + "\r\n\r\n");
        InputStream in = peer.in();
        for (int first = in.read(); first >= 0; first = in.read()) {
            byte[] content = new byte[in.read() & 0x7F];
            byte[] mask = in.readNBytes(4);
            in.readNBytes(content, 0, content.length);
            for (int i = 0; i < content.length; i++) {
                content[i] ^= mask[i % 4];
            }
            peer.out().write(first);
            peer.out().write(content.length);
            peer.out().write(content);
            peer.out().flush();
            if ((first & 0x0F) == 8) {
                return;
            }
        }
    }

    @Test
    void aCallFromWithinTheProcessGoesOverToo() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(UpgradeTest::echo)) {
            start(upstream);
            Request ask = new Request("GET", "http", "h", "/chat", HttpFields.EMPTY, new Said("all that is said"))
                    .withUpgrade("websocket");
            assertThat(Embedded.call(proxy.service("demo"), ask))
                    .isEqualTo(new Embedded.Answer(101, "all that is said"));
            assertThat(logLine()).startsWith("101 - 0 0 ");
            assertNothingIsHeld();
        }
    }

    /** Bytes for a tunnel, and then the end. */
    private static final class Said implements Body.Streaming {
        private String left;

        Said(String text) {
            this.left = text;
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() {
            String text = left;
            left = "";
            return text.isEmpty() ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {}
    }

    @Test
    void aCallFromWithinTheProcessThatHasNothingToSendIntoATunnelIsRefused() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(UpgradeTest::echo)) {
            start(upstream);
            assertThat(Embedded.call(proxy.service("demo"), Request.get("/chat").withUpgrade("websocket")))
                    .isEqualTo(new Embedded.Answer(
                            400, "an upgrade needs a streaming body, for what goes into the tunnel"));
        }
    }

    // How it ends

    @Test
    void theClientMayEndItsDirectionFirst() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH);
            assertThat(peer.in().readAllBytes()).asString().isEqualTo("question");
            peer.send("answer");
        })) {
            int port = start(upstream, http -> http.allowHalfClose(false), route -> route);
            try (RawClient client = open(port)) {
                client.send("question").shutdownOutput();
                assertThat(client.readAll()).isEqualTo("answer");
            }
            assertThat(logLine()).startsWith("101 - 8 6 ");
            assertNothingIsHeld();
        }
    }

    @Test
    void theUpstreamMayEndItsDirectionFirst() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH + "greeting");
            peer.shutdownOutput();
            received.add(new String(peer.in().readAllBytes(), StandardCharsets.ISO_8859_1));
        })) {
            int port = start(upstream);
            try (RawClient client = open(port)) {
                assertThat(client.readAll()).isEqualTo("greeting");
                client.send("a long ").send("farewell").shutdownOutput();
                assertThat(RawUpstream.next(received)).isEqualTo("a long farewell");
            }
            assertThat(logLine()).startsWith("101 - 15 8 ");
            assertNothingIsHeld();
        }
    }

    @Test
    void aResetOfTheClientResetsTheUpstream() throws Exception {
        BlockingQueue<Throwable> seen = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH);
            try {
                peer.in().read();
            } catch (IOException reset) {
                seen.add(reset);
            }
        })) {
            int port = start(upstream);
            RawClient client = open(port);
            client.reset();
            assertThat(RawUpstream.next(seen)).hasMessageContaining("reset");
            assertThat(logLine()).startsWith("101 DC 0 0 ");
            assertNothingIsHeld();
        }
    }

    @Test
    void aResetOfTheUpstreamResetsTheClient() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH);
            opened.await();
            peer.reset();
        })) {
            int port = start(upstream);
            try (RawClient client = open(port)) {
                opened.countDown();
                assertThatThrownBy(client::read).hasMessageContaining("reset");
            }
            assertThat(logLine()).startsWith("101 UC 0 0 ");
            assertNothingIsHeld();
        }
    }

    @Test
    void anUpstreamThatIsGoneEndsTheTunnelWithTheNextBytesOfTheClient() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH + "bye");
        })) {
            int port = start(upstream);
            try (RawClient client = open(port)) {
                assertThat(client.readAll()).isEqualTo("bye");
                Waiting.until(() -> {
                    try {
                        client.send("still there?");
                        return false;
                    } catch (IOException reset) {
                        return true;
                    }
                });
            }
            assertNothingIsHeld();
        }
    }

    // Limits

    @Test
    void silenceEndsIt() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(UpgradeTest::echo)) {
            int port = start(upstream, http -> http.streamIdleTimeout(Duration.ofMillis(300)), route -> route);
            try (RawClient client = open(port)) {
                client.send("hi");
                assertThat(client.readBytes(2)).asString().isEqualTo("hi");
                assertThatThrownBy(client::read).hasMessageContaining("reset");
            }
            assertThat(logLine()).startsWith("101 SI 2 2 stream_idle_timeout");
            assertThat(counter("downstream_rq_idle_timeout")).isEqualTo(1);
            assertNothingIsHeld();
        }
    }

    @Test
    void silenceEndsWhatOnlyTheUpstreamHasEnded() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH);
            peer.shutdownOutput();
            peer.awaitEnd();
        })) {
            int port = start(upstream, http -> http, route -> route.idleTimeout(Duration.ofMillis(300)));
            try (RawClient client = open(port)) {
                assertThat(client.read()).isEqualTo(-1);
                assertThat(logLine()).startsWith("101 SI 0 0 stream_idle_timeout");
            }
            assertNothingIsHeld();
        }
    }

    @Test
    void whatMovesOneWayKeepsTheOtherOpen() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH);
            while (!enough.await(50, TimeUnit.MILLISECONDS)) {
                peer.send("x");
            }
            assertThat(peer.in().read()).isEqualTo('y');
            peer.send("z");
        })) {
            int port = start(upstream, http -> http.streamIdleTimeout(Duration.ofMillis(500)), route -> route);
            try (RawClient client = open(port)) {
                client.readBytes(20); // A second, in which nothing went the other way.
                enough.countDown();
                client.send("y").shutdownOutput();
                assertThat(client.readAll()).matches("x*z");
            }
            assertNothingIsHeld();
        }
    }

    @Test
    void neitherTimeoutNorRetriesOfTheRouteApplyAfterTheSwitch() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            if (peer.number() == 0) {
                peer.send("HTTP/1.1 503 x\r\ncontent-length: 0\r\n\r\n");
                peer.awaitEnd();
                return;
            }
            peer.send(SWITCH);
            peer.in().transferTo(peer.out());
        })) {
            int port = start(
                    upstream,
                    http -> http,
                    route -> route.timeout(Duration.ofSeconds(1))
                            .retry(RetryPolicyConfig.builder()
                                    .retryOn(Set.of("5xx", "retriable-status-codes"))
                                    .retriableStatusCodes(Set.of(101))
                                    .numRetries(3)
                                    .perTryTimeout(Duration.ofMillis(900))
                                    .perTryIdleTimeout(Duration.ofMillis(800))
                                    .build()));
            try (RawClient client = RawClient.connect(port).send(ASK + "early")) {
                assertThat(client.readHead().status()).isEqualTo(101);
                assertThat(client.readBytes(5)).asString().isEqualTo("early");
                assertThat(never.await(1_500, TimeUnit.MILLISECONDS)).isFalse(); // Longer than any of them.
                client.send("late").shutdownOutput();
                assertThat(client.readAll()).isEqualTo("late");
            }
            assertThat(upstream.connections()).isEqualTo(2);
            assertThat(logLine()).startsWith("101 - 9 9 ");
        }
    }

    @Test
    void theRouteTimeoutAppliesBeforeTheSwitch() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd)) {
            int port = start(upstream, http -> http, route -> route.timeout(Duration.ofMillis(200)));
            try (RawClient client = RawClient.connect(port).send(ASK)) {
                assertThat(client.readAnswer().status()).isEqualTo(504);
            }
            assertThat(logLine()).startsWith("504 UT ");
            assertNothingIsHeld();
        }
    }

    @Test
    void drainingWaitsForTunnelsAndClosingEndsThem() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.readHead();
            peer.send(SWITCH);
            try {
                peer.in().transferTo(peer.out());
            } finally {
                gone.countDown();
            }
        })) {
            int port = start(upstream);
            try (RawClient client = open(port)) {
                assertThat(proxy.drain(Duration.ofMillis(100))).isFalse();
                client.send("still");
                assertThat(client.readBytes(5)).asString().isEqualTo("still");
                proxy.close();
                assertThat(client.readAll()).isEmpty();
                assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(logLine()).startsWith("101 DC 5 5 ");
        }
    }

    @Test
    void holdsThePermitOfItsRequestUntilItEnds() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(UpgradeTest::echo)) {
            int port = start(upstream);
            RawClient[] clients = new RawClient[10];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = open(port);
            }
            assertThat(proxy.stats().cluster("up").gauge("upstream_rq_active").value())
                    .isEqualTo(10);
            assertThat(gauge("downstream_cx_upgrades_active")).isEqualTo(10);
            for (RawClient client : Arrays.asList(clients)) {
                client.shutdownOutput();
                assertThat(client.read()).isEqualTo(-1);
                client.close();
            }
            assertNothingIsHeld();
        }
    }
}
