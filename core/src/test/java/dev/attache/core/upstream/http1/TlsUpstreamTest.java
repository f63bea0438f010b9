package dev.attache.core.upstream.http1;

import static dev.attache.core.upstream.http1.Http1Fixture.answered;
import static dev.attache.core.upstream.http1.Http1Fixture.eventually;
import static dev.attache.core.upstream.http1.Http1Fixture.failed;
import static dev.attache.core.upstream.http1.Http1Fixture.post;
import static dev.attache.core.upstream.http1.Http1Fixture.request;
import static dev.attache.core.upstream.http1.Http1Fixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS to the upstream, with the engines of the JDK on both sides. */
class TlsUpstreamTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    @TempDir
    private Path folder;

    private Certificates authority;
    private SSLContext server;

    @BeforeEach
    void issueCertificates() {
        authority = Certificates.in(folder);
        server = authority.issue("up.test").serverContext();
    }

    /** Engines of one context, checks that may fail. */
    private static final class Engines implements UpstreamTls {
        private final SSLContext context;
        private final String protocol;
        private final String verdict;
        private final BlockingQueue<String> made = new LinkedBlockingQueue<>();

        Engines(SSLContext context, String protocol, String verdict) {
            this.context = context;
            this.protocol = protocol;
            this.verdict = verdict;
        }

        @Override
        public SSLEngine engine(String endpointName, int port, String requestAuthority) {
            made.add(endpointName + " " + requestAuthority);
            SSLEngine engine = context.createSSLEngine(endpointName, port);
            engine.setUseClientMode(true);
            engine.setEnabledProtocols(new String[] {protocol});
            return engine;
        }

        @Override
        public void verify(SSLEngine engine, String endpointName, String requestAuthority) throws SSLException {
            if (!verdict.isEmpty()) {
                throw new SSLException(verdict);
            }
        }
    }

    private Http1Fixture to(RawUpstream upstream, String protocol) {
        return new Http1Fixture(
                upstream.address(),
                "up.test",
                upstream.port(),
                new Engines(authority.clientContext(), protocol, ""),
                settings -> settings);
    }

    @Test
    void carriesATunnelThatEndsOneDirectionAfterTheOther() throws IOException {
        ScriptedBody sent = new ScriptedBody(-1);
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    peer.readHead();
                    peer.send(SWITCH + "hello");
                    assertThat(peer.in().readAllBytes()).asString().isEqualTo("x".repeat(100_000));
                    peer.send("after the end");
                });
                Http1Fixture http = to(upstream, "TLSv1.3");
                Response response = http.answered(request("GET", sent).withUpgrade("websocket"))) {
            assertThat(next(response)).isEqualTo("hello");
            sent.add("x".repeat(100_000)).end();
            assertThat(next(response)).isEqualTo("after the end");
            assertThat(response.body().read()).isNull();
        }
    }

    @Test
    void takesATunnelThatIsCutOffWithoutAGoodbyeForEnded() throws IOException {
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    peer.readHead();
                    peer.send(SWITCH + "bye");
                    peer.cut();
                    peer.awaitEnd();
                });
                Http1Fixture http = to(upstream, "TLSv1.3");
                Response response =
                        http.answered(request("GET", new ScriptedBody(-1)).withUpgrade("websocket"))) {
            assertThat(next(response)).isEqualTo("bye");
            assertThat(response.body().read()).isNull();
        }
    }

    private static String next(Response response) throws IOException {
        return StandardCharsets.ISO_8859_1.decode(response.body().read()).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void usesOneConnectionForManyRequests(String protocol) throws IOException {
        try (RawUpstream upstream = RawUpstream.tls(server, RawUpstream.echoingTarget());
                Http1Fixture http = to(upstream, protocol)) {
            Exchange first = Exchange.begin();
            text(answered(http.send(request("GET", Body.EMPTY), first)));
            assertThat(first.between(Exchange.Phase.US_CX_END, Exchange.Phase.US_HS_END))
                    .isPositive();
            for (int i = 0; i < 20; i++) {
                assertThat(http.get("/" + i)).isEqualTo("GET /" + i + " HTTP/1.1");
                assertThat(text(http.answered(post("x".repeat(3000 * i))))).isEqualTo("POST / HTTP/1.1");
            }
            assertThat(upstream.connections()).isEqualTo(1);
            http.assertNothingLeaks();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void countsHandshakes(String protocol) throws IOException {
        try (RawUpstream upstream = RawUpstream.tls(server, RawUpstream.echoingTarget());
                Http1Fixture http = to(upstream, protocol)) {
            http.get("/1");
            http.get("/2");

            assertThat(ssl(http)).contains("handshake: 1", "session_reused: 0", "versions." + protocol + ": 1");
        }
    }

    @Test
    void countsServersThatAreRefused(@TempDir Path elsewhere) throws IOException {
        SSLContext other = Certificates.in(elsewhere).issue("up.test").serverContext();
        try (RawUpstream upstream = RawUpstream.tls(other, RawUpstream.echoingTarget());
                Http1Fixture http = to(upstream, "TLSv1.3")) {
            assertThat(failed(http.send(request("GET", Body.EMPTY), Exchange.begin())))
                    .isEqualTo(Failure.TLS_FAILURE);

            assertThat(ssl(http)).contains("handshake: 0", "fail_verify_error: 1", "connection_error: 0");
        }
    }

    @Test
    void aClusterWithoutTlsHasNoStatsOfIt() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.get("/");

            assertThat(ssl(http)).isEmpty();
        }
    }

    private static List<String> ssl(Http1Fixture http) throws IOException {
        StringBuilder text = new StringBuilder();
        TextStats.write(http.all, StatsFilter.ALL, text);
        return text.toString()
                .lines()
                .filter(line -> line.startsWith("cluster.up.ssl."))
                .map(line -> line.substring("cluster.up.ssl.".length()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void echoesALargeBodyBothWaysAtOnce(String protocol) throws IOException {
        int parts = 512;
        String part = "0123456789abcdef".repeat(2048);
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        peer.send(OK + "transfer-encoding: chunked\r\n\r\n");
                        for (int n = Integer.parseInt(peer.readLine(), 16);
                                n > 0;
                                n = Integer.parseInt(peer.readLine(), 16)) {
                            byte[] bytes = peer.readBody(n);
                            peer.readLine();
                            peer.send(Integer.toHexString(n) + "\r\n");
                            peer.out().write(bytes);
                            peer.send("\r\n");
                        }
                        peer.readLine();
                        peer.send("0\r\n\r\n");
                    }
                });
                Http1Fixture http = to(upstream, protocol)) {
            for (int round = 0; round < 2; round++) {
                ScriptedBody body = new ScriptedBody(-1);
                for (int i = 0; i < parts; i++) {
                    body.add(part);
                }
                Response response = http.answered(request("POST", body.end()));
                long echoed = 0;
                for (ByteBuffer some = response.body().read();
                        some != null;
                        some = response.body().read()) {
                    while (some.hasRemaining()) {
                        assertThat((char) some.get()).isEqualTo(part.charAt((int) (echoed++ % part.length())));
                    }
                }
                response.close();
                assertThat(echoed).isEqualTo((long) parts * part.length());
            }
            assertThat(upstream.connections()).isEqualTo(1);
            http.assertNothingLeaks();
        }
    }

    @Test
    void takesNewKeysInTheMiddleOfAResponse() throws IOException {
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        peer.readBody(RawUpstream.contentLength(head));
                        peer.handshakeAgain();
                        peer.send(OK + "content-length: 10\r\n\r\nhello");
                        peer.handshakeAgain();
                        peer.send("hello");
                        peer.handshakeAgain();
                    }
                });
                Http1Fixture http = to(upstream, "TLSv1.3")) {
            for (int i = 0; i < 5; i++) {
                assertThat(text(http.answered(post("x".repeat(1000))))).isEqualTo("hellohello");
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void refusesToNegotiateAnew() throws IOException {
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 10\r\n\r\nhello");
                    try {
                        peer.handshakeAgain();
                        peer.send("hello");
                        peer.in().read();
                    } catch (SSLException refused) {
                        // As it should be.
                    }
                });
                Http1Fixture http = to(upstream, "TLSv1.2");
                Response response = http.answered(request("GET", Body.EMPTY))) {
            assertThatThrownBy(() -> {
                        while (response.body().read() != null) {
                            // Until it is refused.
                        }
                    })
                    .hasMessage("TLS renegotiation refused");
        }
    }

    @Test
    void tellsAnEndFromACut() throws IOException {
        CountDownLatch cut = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    peer.readHead();
                    peer.send(OK + "\r\nhello");
                    if (peer.number() == 1) {
                        cut.await();
                        peer.cut();
                    }
                });
                Http1Fixture http = to(upstream, "TLSv1.3")) {
            assertThat(http.get("/")).isEqualTo("hello");
            Exchange exchange = Exchange.begin();
            try (Response response = answered(http.send(request("GET", Body.EMPTY), exchange))) {
                assertThat(response.body().read().remaining()).isEqualTo(5);
                cut.countDown();
                assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
            }
            assertThat(exchange.flagged(ResponseFlag.UPSTREAM_CONNECTION_TERMINATION))
                    .isTrue();
            http.assertNothingLeaks();
        }
    }

    @Test
    void doesNotCareHowAConnectionEndsBehindAWholeResponse() throws IOException {
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 5\r\nconnection: close\r\n\r\nhello");
                    peer.cut();
                });
                Http1Fixture http = to(upstream, "TLSv1.3")) {
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(http.get("/")).isEqualTo("hello");
        }
    }

    @Test
    void refusesACertificateThatItDoesNotTrust(@TempDir Path other) {
        SSLContext stranger = Certificates.in(other).issue("up.test").serverContext();
        try (RawUpstream upstream = RawUpstream.tls(stranger, RawUpstream.echoingTarget());
                Http1Fixture http = to(upstream, "TLSv1.3")) {
            Exchange exchange = Exchange.begin();
            assertThat(failed(http.send(request("GET", Body.EMPTY), exchange))).isEqualTo(Failure.TLS_FAILURE);
            assertThat(exchange.upstreamTransportFailure()).startsWith("TLS error: ");
            assertThat(http.stats.upstreamCxConnectFail.value()).isEqualTo(1);
            http.assertNothingLeaks();
        }
    }

    @Test
    void refusesAPeerThatIsNotWhoItShouldBe() {
        try (RawUpstream upstream = RawUpstream.tls(server, RawUpstream.echoingTarget());
                Http1Fixture http = new Http1Fixture(
                        upstream.address(),
                        "up.test",
                        443,
                        new Engines(authority.clientContext(), "TLSv1.3", "no name matches"),
                        settings -> settings)) {
            assertThat(http.send(request("GET", Body.EMPTY)))
                    .isEqualTo(new Outcome.Failed(Failure.TLS_FAILURE, "TLS error: no name matches"));
            http.assertNothingLeaks();
        }
    }

    @Test
    void refusesAnUpstreamThatSpeaksNoTls() {
        try (RawUpstream upstream =
                        RawUpstream.start(peer -> peer.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"));
                Http1Fixture http = to(upstream, "TLSv1.3")) {
            assertThat(failed(http.send(request("GET", Body.EMPTY)))).isEqualTo(Failure.TLS_FAILURE);
            http.assertNothingLeaks();
        }
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::close);
                Http1Fixture http = to(upstream, "TLSv1.3")) {
            assertThat(failed(http.send(request("GET", Body.EMPTY)))).isEqualTo(Failure.TLS_FAILURE);
            http.assertNothingLeaks();
        }
    }

    @Test
    void countsTheHandshakeAmongTheTimeToConnect() {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd);
                Http1Fixture http = new Http1Fixture(
                        upstream.address(),
                        "up.test",
                        443,
                        new Engines(authority.clientContext(), "TLSv1.3", ""),
                        settings -> settings.connectTimeout(Duration.ofMillis(100)))) {
            assertThat(failed(http.send(request("GET", Body.EMPTY)))).isEqualTo(Failure.CONNECT_TIMEOUT);
            http.assertNothingLeaks();
        }
    }

    @Test
    void saysGoodbyeToAConnectionThatItHasDoneWith() throws IOException {
        BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 0\r\n\r\n");
                    ends.add(peer.in().read()); // Throws where the goodbye is missing.
                });
                Http1Fixture http = to(upstream, "TLSv1.3")) {
            http.get("/");
            http.client.close();
            assertThat(RawUpstream.next(ends)).isEqualTo(-1);
        }
    }

    @Test
    void keepsIdleConnectionsAliveThroughSweepsAndNoticesThoseThatEnd() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.tls(server, peer -> {
                    peer.readHead();
                    peer.handshakeAgain(); // Something to read that is no answer.
                    peer.send(OK + "content-length: 0\r\n\r\n");
                    peer.handshakeAgain();
                    end.await();
                });
                Http1Fixture http = new Http1Fixture(
                        upstream.address(),
                        "up.test",
                        443,
                        new Engines(authority.clientContext(), "TLSv1.3", ""),
                        settings -> settings)) {
            http.get("/");
            long sweeps = System.nanoTime() + 2_500_000_000L;
            eventually("two sweeps", () -> System.nanoTime() > sweeps);
            assertThat(http.stats.upstreamCxActive.value()).isEqualTo(1);
            end.countDown();
            eventually("it is swept", () -> http.stats.upstreamCxActive.value() == 0);
            assertThat(http.stats.upstreamCxDestroyRemote.value()).isEqualTo(1);
        }
    }

    @Test
    void keepsTheConnectionsOfServerNamesApartWhereTheRequestNamesThem() throws IOException {
        UpstreamTlsConfig named = UpstreamTlsConfig.builder().autoSni(true).build();
        Engines engines = new Engines(authority.clientContext(), "TLSv1.3", "");
        try (RawUpstream upstream = RawUpstream.tls(server, RawUpstream.echoingTarget());
                Http1Fixture http = new Http1Fixture(
                        upstream.address(), "up.test", 443, engines, settings -> settings.tls(named))) {
            for (String host : new String[] {"a.test", "b.test", "a.test", "b.test"}) {
                text(http.answered(new Request("GET", "http", host, "/", HttpFields.EMPTY, Body.EMPTY)));
            }
            assertThat(engines.made).containsExactly("up.test a.test", "up.test b.test");
            http.assertNothingLeaks();
        }
    }
}
