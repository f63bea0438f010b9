package dev.attache.listeners;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import dev.attache.tls.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class TlsListenerTest {

    @TempDir
    private Path folder;

    private static HttpConfig answering(String text) {
        RouteConfig all = RouteConfig.builder(RouteMatch.prefix("/"), new RouteAction.DirectResponse(200, text))
                .build();
        return HttpConfig.builder(text, RouteTableConfig.of(text, List.of(all))).build();
    }

    private static FilterChainConfig chain(
            String text, Leaf leaf, UnaryOperator<DownstreamTlsConfig.Builder> settings, String... names) {
        DownstreamTlsConfig tls = settings.apply(
                        DownstreamTlsConfig.builder(List.of(CertificateFiles.of(leaf.chain(), leaf.key()))))
                .build();
        return FilterChainConfig.builder(answering(text))
                .tls(tls)
                .serverNames(List.of(names))
                .build();
    }

    private static ProxyConfig config(FilterChainConfig... chains) {
        return ProxyConfig.builder()
                .listener(ListenerConfig.builder(Address.loopback(0), List.of(chains))
                        .name("tls")
                        .statPrefix("tls")
                        .build())
                .build();
    }

    private static Attache start(FilterChainConfig... chains) {
        return Attache.builder(config(chains), Tls.provider()).start();
    }

    private static int port(Attache proxy) {
        return ((InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst()).getPort();
    }

    private static String stats(Attache proxy) throws IOException {
        StringBuilder text = new StringBuilder();
        TextStats.write(proxy.stats(), StatsFilter.ALL, text);
        return text.toString();
    }

    /** A handshake with a server name, or none, and a request. */
    private static String get(Certificates ca, int port, String name) throws IOException {
        try (SSLSocket socket = connect(ca, port, name)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private static SSLSocket connect(Certificates ca, int port, String name) throws IOException {
        SSLSocket socket = (SSLSocket) ca.clientContext().getSocketFactory().createSocket("127.0.0.1", port);
        SSLParameters parameters = socket.getSSLParameters();
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static String serial(SSLSocket socket) throws SSLException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSerialNumber()
                .toString();
    }

    @ParameterizedTest
    @EnumSource
    void servesBothVersionsOfHttpAsAlpnSettles(HttpClient.Version version) throws Exception {
        Certificates ca = Certificates.in(folder);
        try (Attache proxy = start(chain("secret", ca.issue("localhost"), tls -> tls));
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(ca.clientContext())
                        .version(version)
                        .build()) {
            URI uri = URI.create("https://localhost:" + port(proxy) + "/");

            for (int i = 0; i < 3; i++) {
                HttpResponse<String> answer =
                        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());

                assertThat(answer.version()).isEqualTo(version);
                assertThat(answer.body()).isEqualTo("secret");
            }
            assertThat(stats(proxy))
                    .contains("listener.tls.ssl.handshake: 1\n")
                    .contains("listener.tls.ssl.session_reused: 0\n")
                    .contains("listener.tls.ssl.no_certificate: 1\n")
                    .contains("http.secret.downstream_cx_ssl_total: 1\n")
                    .contains("listener.tls.ssl.versions.TLSv1.3: 1\n");
        }
    }

    @Test
    void theServerNameChoosesTheFilterChain() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (Attache proxy = start(
                chain("exact", ca.issue("one.test"), tls -> tls, "one.test"),
                chain("suffix", ca.issue("*.two.test"), tls -> tls, "*.two.test", "*.x.two.test"),
                chain("default", ca.issue("other.test"), tls -> tls))) {
            assertThat(get(ca, port(proxy), "one.test")).endsWith("exact");
            assertThat(get(ca, port(proxy), "a.two.test")).endsWith("suffix");
            assertThat(get(ca, port(proxy), "A.x.TWO.test")).endsWith("suffix");
            assertThat(get(ca, port(proxy), "two.test")).endsWith("default");
            assertThat(get(ca, port(proxy), "")).endsWith("default");
        }
    }

    @Test
    void saysAtDebugWhyAClientOfNoChainIsClosed() throws Exception {
        Certificates ca = Certificates.in(folder);
        Logger logger = (Logger) LoggerFactory.getLogger(ConnectionStart.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(said);
        try (Attache proxy = start(chain("strict", ca.issue("one.test"), tls -> tls, "one.test"))) {
            assertThatThrownBy(() -> get(ca, port(proxy), "other.test")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> get(ca, port(proxy), "")).isInstanceOf(IOException.class);
        } finally {
            logger.detachAppender(said);
            logger.setLevel(null);
        }
        assertThat(said.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.endsWith("no filter chain takes the server name other.test"))
                .anyMatch(line -> line.endsWith("no filter chain takes a TLS client that names no server (no SNI)"));
    }

    @Test
    void aNameOfNoChainIsNotServedWhereThereIsNoDefault() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (Attache proxy = start(chain("strict", ca.issue("one.test"), tls -> tls, "one.test"))) {
            assertThatThrownBy(() -> get(ca, port(proxy), "other.test")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> get(ca, port(proxy), "")).isInstanceOf(IOException.class);

            assertThat(get(ca, port(proxy), "one.test")).endsWith("strict");
            assertThat(stats(proxy)).contains("listener.tls.no_filter_chain_match: 2\n");
        }
    }

    @Test
    void plainTextGoesToTheChainWithoutTls() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (Attache proxy = start(
                        chain("secret", ca.issue("one.test"), tls -> tls),
                        FilterChainConfig.builder(answering("plain")).build());
                RawClient client = RawClient.connect(port(proxy))) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.readAnswer().body()).isEqualTo("plain");
            assertThat(get(ca, port(proxy), "one.test")).endsWith("secret");
        }
    }

    @Test
    void aClientThatSpeaksNoTlsIsClosedAndCounted() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (Attache proxy = start(chain("secret", ca.issue("one.test"), tls -> tls));
                RawClient client = RawClient.connect(port(proxy))) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.readAll()).doesNotContain("secret");
            assertThat(stats(proxy)).contains("listener.tls.ssl.connection_error: 1\n");
            Waiting.until(() -> proxy.listeners().size() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_b.one.test", "one.test.", "-a.one.test", "ONE.test"})
    void namesThatAreNoHostNamesToTheJdkAreServed(String name) throws Exception {
        Certificates ca = Certificates.in(folder);
        try (Attache proxy = start(chain("secret", ca.issue("one.test"), tls -> tls));
                SSLSocket socket =
                        (SSLSocket) ca.clientContext().getSocketFactory().createSocket("127.0.0.1", port(proxy))) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIServerName(0, name.getBytes(US_ASCII)) {}));
            socket.setSSLParameters(parameters);

            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .endsWith("secret");
        }
    }

    @Test
    void aHandshakeThatTakesTooLongIsCut() throws Exception {
        Certificates ca = Certificates.in(folder);
        FilterChainConfig slow = chain("secret", ca.issue("one.test"), tls -> tls).toBuilder()
                .handshakeTimeout(Duration.ofMillis(50))
                .build();
        try (Attache proxy = start(slow);
                RawClient client = RawClient.connect(port(proxy))) {
            assertThat(client.read()).isNegative();

            Waiting.until(() -> {
                try {
                    return stats(proxy).contains("listener.tls.downstream_cx_transport_socket_connect_timeout: 1\n");
                } catch (IOException broken) {
                    throw new AssertionError(broken);
                }
            });
        }
    }

    @Test
    void aClientWithoutItsCertificateIsRefusedWhereOneIsRequired() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (Attache proxy = start(chain(
                "secret",
                ca.issue("one.test"),
                tls -> tls.requireClientCertificate(true).trustedCa(ca.bundle())))) {
            assertThatThrownBy(() -> get(ca, port(proxy), "one.test")).isInstanceOf(IOException.class);
            assertThat(stats(proxy))
                    .contains("listener.tls.ssl.fail_verify_no_cert: 1\n")
                    .contains("listener.tls.ssl.connection_error: 0\n");
        }
    }

    @Test
    void anUpdateChangesTheCertificateAndKeepsConnections() throws Exception {
        Certificates ca = Certificates.in(folder);
        Leaf first = ca.issue("one.test");
        Leaf second = ca.issue("two.test");
        try (Attache proxy = start(chain("before", first, tls -> tls))) {
            int port = port(proxy);
            try (SSLSocket kept = connect(ca, port, "one.test")) {
                String before = serial(kept);
                ProxyConfig same = config(chain("after", second, tls -> tls));
                proxy.update(same.toBuilder()
                        .listeners(List.of(same.listeners().getFirst().toBuilder()
                                .address(proxy.config().listeners().getFirst().address())
                                .build()))
                        .build());

                kept.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
                assertThat(new String(kept.getInputStream().readAllBytes(), US_ASCII))
                        .endsWith("after");
                try (SSLSocket fresh = connect(ca, port, "one.test")) {
                    assertThat(serial(fresh)).isNotEqualTo(before);
                }
            }
        }
    }
}
