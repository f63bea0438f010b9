package dev.attache.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.net.Dial;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.net.TlsSocket;
import dev.attache.core.net.TlsStats;
import dev.attache.core.stats.PrometheusText;
import dev.attache.core.stats.Stats;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted of handshakes over real sockets, on both sides of them. */
@ParameterizedClass
@EnumSource
class TlsStatsTest {

    private static final String TLS_1_2 = "TLSv1.2";
    private static final String TLS_1_3 = "TLSv1.3";

    @TempDir
    static Path folder;

    @TempDir
    static Path elsewhere;

    static Certificates ca;
    static Certificates otherCa;
    static Leaf leaf;

    private final TlsEngine engine;
    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private final TlsStats listener = TlsStats.ofListener(stats.listener("demo"));
    private final TlsStats cluster = TlsStats.ofCluster(stats.cluster("up"));
    private ServerSocketChannel socket;

    TlsStatsTest(TlsEngine engine) {
        this.engine = engine;
    }

    @BeforeAll
    static void certificates() {
        ca = Certificates.in(folder);
        otherCa = Certificates.in(elsewhere);
        leaf = ca.issue("svc.test");
    }

    @BeforeEach
    void listen() throws IOException {
        assumeTrue(engine.orJdk() == engine, "the native library loads here");
        socket = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void countsHandshakesAndThoseThatGoOnWithASession(String version) throws Exception {
        try (DownstreamTls server = provider().downstream(serving().build(), "demo");
                UpstreamTls client = provider().upstream(asking(version).build(), "up")) {
            for (int i = 0; i < 3; i++) {
                shakeHands(server, client);
            }
        }

        for (String side : List.of("listener.demo.ssl.", "cluster.up.ssl.")) {
            assertThat(counted())
                    .contains(side + "handshake: 3", side + "session_reused: 2", side + "connection_error: 0")
                    .contains(side + "versions." + version + ": 3");
        }
        assertThat(counted()).contains("listener.demo.ssl.no_certificate: 3", "cluster.up.ssl.no_certificate: 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void countsNoSessionAsReusedWhereNoneIsKept(String version) throws Exception {
        try (DownstreamTls server = provider().downstream(serving().build(), "demo");
                UpstreamTls client =
                        provider().upstream(asking(version).maxSessionKeys(0).build(), "up")) {
            for (int i = 0; i < 3; i++) {
                shakeHands(server, client);
            }
        }

        for (String side : List.of("listener.demo.ssl.", "cluster.up.ssl.")) {
            assertThat(counted()).contains(side + "handshake: 3", side + "session_reused: 0");
        }
    }

    /** The client's first guess at the curve is wrong, so that with TLS 1.3 it is asked for another hello. */
    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void namesSuitesAndCurvesAsOpenSslDoes(String version) throws Exception {
        TlsParameters parameters =
                new TlsParameters(TLS_1_2, TLS_1_3, List.of("ECDHE-RSA-AES128-GCM-SHA256"), List.of("P-384"));
        // The JDK agrees on no curve with which the certificate could not be verified as well.
        DownstreamTlsConfig.Builder serving = DownstreamTlsConfig.builder(
                List.of(pair(ca.leaf("svc.test").rsa().issue())));
        try (DownstreamTls server =
                        provider().downstream(serving.parameters(parameters).build(), "demo");
                UpstreamTls client = provider().upstream(asking(version).build(), "up")) {
            shakeHands(server, client);
        }

        String suite = version.equals(TLS_1_2) ? "ECDHE-RSA-AES128-GCM-SHA256" : "TLS_[A-Z0-9_]+";
        for (String side : List.of("listener.demo.ssl.", "cluster.up.ssl.")) {
            assertThat(counted())
                    .contains(side + "curves.P-384: 1")
                    .anyMatch(line -> line.matches(side + "ciphers." + suite + ": 1"));
        }
    }

    @Test
    void makesSuitesCurvesAndVersionsLabels() throws Exception {
        TlsParameters parameters =
                new TlsParameters(TLS_1_2, TLS_1_2, List.of("ECDHE-ECDSA-AES128-GCM-SHA256"), List.of("P-256"));
        try (DownstreamTls server =
                        provider().downstream(serving().parameters(parameters).build(), "demo");
                UpstreamTls client = provider().upstream(asking(TLS_1_2).build(), "up")) {
            shakeHands(server, client);
        }

        StringBuilder text = new StringBuilder();
        PrometheusText.write(stats, StatsFilter.ALL, text);
        assertThat(text.toString().lines())
                .contains(
                        "envoy_listener_ssl_handshake{envoy_listener_address=\"demo\"} 1",
                        "envoy_listener_ssl_session_reused{envoy_listener_address=\"demo\"} 0",
                        "envoy_listener_ssl_fail_verify_san{envoy_listener_address=\"demo\"} 0",
                        "envoy_listener_ssl_versions{envoy_ssl_version=\"TLSv1.2\",envoy_listener_address=\"demo\"} 1",
                        "envoy_listener_ssl_ciphers{envoy_ssl_cipher=\"ECDHE-ECDSA-AES128-GCM-SHA256\","
                                + "envoy_listener_address=\"demo\"} 1",
                        "envoy_listener_ssl_curves{envoy_ssl_curve=\"P-256\",envoy_listener_address=\"demo\"} 1",
                        "envoy_cluster_ssl_handshake{envoy_cluster_name=\"up\"} 1",
                        "envoy_cluster_ssl_versions{envoy_ssl_version=\"TLSv1.2\",envoy_cluster_name=\"up\"} 1",
                        "envoy_cluster_ssl_ciphers{cipher_suite=\"ECDHE-ECDSA-AES128-GCM-SHA256\","
                                + "envoy_cluster_name=\"up\"} 1",
                        "envoy_cluster_ssl_curves{envoy_ssl_curve=\"P-256\",envoy_cluster_name=\"up\"} 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void aServerOfAnotherNameIsNoErrorOfTheConnectionButOfTheName(String version) throws Exception {
        Leaf other = ca.issue("other.test");
        refuses(DownstreamTlsConfig.builder(List.of(pair(other))), asking(version));

        assertThat(troubleOf("cluster.up.")).containsExactly("fail_verify_san: 1");
        assertThat(troubleOf("listener.demo.")).containsExactly("connection_error: 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void aServerOfAnotherAuthorityIsNoErrorOfTheConnectionButOfTheChain(String version) throws Exception {
        refuses(serving(), asking(version).trustedCa(otherCa.bundle()));

        assertThat(troubleOf("cluster.up.")).containsExactly("fail_verify_error: 1");
        assertThat(troubleOf("listener.demo.")).containsExactly("connection_error: 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void tellsClientsWithoutACertificateFromThoseWithAWrongOne(String version) throws Exception {
        DownstreamTlsConfig.Builder mutual = serving().trustedCa(ca.bundle()).requireClientCertificate(true);
        refuses(mutual, asking(version));
        assertThat(troubleOf("listener.demo.")).containsExactly("fail_verify_no_cert: 1");

        stats.resetCounters();
        refuses(mutual, asking(version).clientCertificate(pair(otherCa.issue("client.test"))));
        assertThat(troubleOf("listener.demo.")).containsExactly("fail_verify_error: 1");

        stats.resetCounters();
        refuses(
                mutual.clientNames(List.of(SubjectAltNameMatch.dns(new StringMatch.Exact("else.test", false)))),
                asking(version).clientCertificate(pair(ca.issue("client.test"))));
        assertThat(troubleOf("listener.demo.")).containsExactly("fail_verify_san: 1");
    }

    @Test
    void whatIsNoTlsIsAnErrorAndWhoLeavesIsNone() throws Exception {
        try (DownstreamTls server = provider().downstream(serving().build(), "demo")) {
            CompletableFuture<Void> served = serve(server);
            try (Socket left = new Socket(InetAddress.getLoopbackAddress(), port())) {
                left.getOutputStream().write(22);
            }
            served.get(30, TimeUnit.SECONDS);
            assertThat(troubleOf("listener.demo.")).isEmpty();

            served = serve(server);
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port())) {
                plain.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
                served.get(30, TimeUnit.SECONDS);
            }
            assertThat(troubleOf("listener.demo.")).containsExactly("connection_error: 1");
        }
    }

    private TlsProvider provider() {
        return Tls.provider(engine);
    }

    private static DownstreamTlsConfig.Builder serving() {
        return DownstreamTlsConfig.builder(List.of(pair(leaf)));
    }

    private static UpstreamTlsConfig.Builder asking(String version) {
        return UpstreamTlsConfig.builder()
                .trustedCa(ca.bundle())
                .parameters(new TlsParameters(version, version, List.of(), List.of()));
    }

    private static CertificateFiles pair(Leaf of) {
        return CertificateFiles.of(of.chain(), of.key());
    }

    private int port() {
        return socket.socket().getLocalPort();
    }

    private void refuses(DownstreamTlsConfig.Builder serving, UpstreamTlsConfig.Builder asking) throws Exception {
        try (DownstreamTls server = provider().downstream(serving.build(), "demo");
                UpstreamTls client = provider().upstream(asking.build(), "up")) {
            assertThatThrownBy(() -> shakeHands(server, client)).isInstanceOf(IOException.class);
        }
    }

    /** Shakes hands and has a byte come back: by then the server's tickets have been read. */
    private void shakeHands(DownstreamTls server, UpstreamTls client) throws Exception {
        CompletableFuture<Void> served = serve(server);
        TlsSocket connection = new TlsSocket(
                new Dial((InetSocketAddress) socket.getLocalAddress(), null).connect(),
                client.engine("svc.test", port(), "svc.test"));
        try {
            connection.handshake();
            client.verify(connection.engine(), "svc.test", "svc.test");
            cluster.agreed(connection);
            connection.write(ByteBuffer.wrap(new byte[] {42}));
            if (connection.read(ByteBuffer.allocate(1)) < 0) {
                throw new IOException("the server has left");
            }
        } catch (IOException refused) {
            cluster.failed(refused);
            throw refused;
        } finally {
            connection.finish();
            served.get(30, TimeUnit.SECONDS);
        }
    }

    /** Takes one connection, and sends back what comes on it. */
    private CompletableFuture<Void> serve(DownstreamTls server) {
        CompletableFuture<Void> served = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                TlsSocket connection = new TlsSocket(new PlainSocket(socket.accept()), server.engine());
                try {
                    connection.handshake();
                    listener.agreed(connection);
                    ByteBuffer buffer = ByteBuffer.allocate(1024);
                    while (connection.read(buffer.clear()) >= 0) {
                        connection.write(buffer.flip());
                    }
                } catch (IOException refused) {
                    listener.failed(refused);
                } finally {
                    connection.finish();
                }
                served.complete(null);
            } catch (IOException | RuntimeException | Error broken) {
                served.completeExceptionally(broken);
            }
        });
        return served;
    }

    private List<String> counted() throws IOException {
        StringBuilder text = new StringBuilder();
        TextStats.write(stats, StatsFilter.ALL, text);
        return text.toString().lines().toList();
    }

    /** The counters of what went wrong that are not zero. */
    private List<String> troubleOf(String side) throws IOException {
        return counted().stream()
                .filter(line -> line.startsWith(side) && !line.endsWith(": 0"))
                .map(line -> line.substring((side + "ssl.").length()))
                .filter(line -> line.startsWith("fail_") || line.startsWith("connection_"))
                .toList();
    }
}
