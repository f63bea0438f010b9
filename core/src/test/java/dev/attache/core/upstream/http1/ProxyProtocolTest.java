package dev.attache.core.upstream.http1;

import static dev.attache.core.upstream.http1.Http1Fixture.answered;
import static dev.attache.core.upstream.http1.Http1Fixture.get;
import static dev.attache.core.upstream.http1.Http1Fixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ProxyProtocolVersion;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Exchange;
import dev.attache.core.net.ProxyHeader;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that begin with the header of the PROXY protocol. */
@Timeout(60)
class ProxyProtocolTest {

    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    private final BlockingQueue<String> headers = new LinkedBlockingQueue<>();

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private static Exchange from(int port) {
        InetSocketAddress balancer = address("10.0.0.1", 40_000);
        InetSocketAddress reached = address("203.0.113.1", 443);
        InetSocketAddress client = address("192.0.2.1", port); // by the PROXY protocol
        InetSocketAddress named = address("198.51.100.7", 0); // by x-forwarded-for
        Exchange exchange = Exchange.begin(new Exchange.Downstream(balancer, reached, client, "HTTP/1.1"));
        exchange.downstream(new Exchange.Downstream(balancer, reached, named, "HTTP/1.1"));
        return exchange;
    }

    private RawUpstream upstream() {
        return RawUpstream.start(peer -> {
            headers.add(peer.readLine());
            while (peer.readHead() != null) {
                peer.send(OK);
            }
        });
    }

    private static String send(Http1Fixture http, Exchange exchange) throws IOException {
        return text(answered(http.send(get("/", HttpFields.EMPTY), exchange)));
    }

    @Test
    void namesTheClientOfTheConnectionAndSharesNoneBetweenClients() throws Exception {
        try (RawUpstream upstream = upstream();
                Http1Fixture http =
                        Http1Fixture.to(upstream, settings -> settings.proxyProtocol(ProxyProtocolVersion.V1))) {
            assertThat(send(http, from(1001))).isEqualTo("ok");
            assertThat(send(http, from(1002))).isEqualTo("ok");
            assertThat(send(http, from(1001))).isEqualTo("ok");
            assertThat(send(http, Exchange.begin())).isEqualTo("ok");

            assertThat(upstream.connections()).isEqualTo(3);
            assertThat(headers)
                    .containsExactly(
                            "PROXY TCP4 192.0.2.1 203.0.113.1 1001 443",
                            "PROXY TCP4 192.0.2.1 203.0.113.1 1002 443",
                            "PROXY UNKNOWN");
            http.assertNothingLeaks();
        }
    }

    @Test
    void givesThePlaceOfAnotherClientsIdleConnectionToOneThatNeedsIt() throws Exception {
        try (RawUpstream upstream = upstream();
                Http1Fixture http = Http1Fixture.to(
                        upstream,
                        settings -> Http1Fixture.limits(1, 1).apply(settings.proxyProtocol(ProxyProtocolVersion.V1)))) {
            assertThat(send(http, from(1001))).isEqualTo("ok");
            assertThat(send(http, from(1002))).isEqualTo("ok");
            assertThat(headers).hasSize(2);
            http.assertNothingLeaks();
        }
    }

    @ParameterizedTest
    @EnumSource(ProxyProtocolVersion.class)
    void sendsTheHeaderBeforeTheTlsHandshake(ProxyProtocolVersion version, @TempDir Path folder) throws Exception {
        Certificates authority = Certificates.in(folder);
        SSLContext context = authority.issue("up.test").serverContext();
        byte[] expected = ProxyHeader.of(address("192.0.2.1", 1001), address("203.0.113.1", 443))
                .bytes(version);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Http1Fixture http = new Http1Fixture(
                        server.getLocalSocketAddress(),
                        "up.test",
                        server.getLocalPort(),
                        engines(authority.clientContext()),
                        settings -> settings.proxyProtocol(version))) {
            var answer = Http1Fixture.async(() -> send(http, from(1001)));
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getInputStream().readNBytes(expected.length))
                        .isEqualTo(expected);
                SSLSocket above = (SSLSocket) context.getSocketFactory().createSocket(accepted, null, true);
                above.setUseClientMode(false);
                readHead(above.getInputStream());
                above.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
                assertThat(Http1Fixture.await(answer)).isEqualTo("ok");
            }
        }
    }

    private static void readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        assertThat(head).startsWith("GET / HTTP/1.1\r\n");
    }

    private static UpstreamTls engines(SSLContext context) {
        return new UpstreamTls() {
            @Override
            public SSLEngine engine(String endpointName, int port, String requestAuthority) {
                SSLEngine engine = context.createSSLEngine(endpointName, port);
                engine.setUseClientMode(true);
                return engine;
            }

            @Override
            public void verify(SSLEngine engine, String endpointName, String requestAuthority) {}
        };
    }
}
