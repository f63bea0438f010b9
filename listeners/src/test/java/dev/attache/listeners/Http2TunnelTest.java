package dev.attache.listeners;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Headers;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.MessageHead;
import dev.attache.tls.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** WebSocket and CONNECT where one side speaks HTTP/2, or both; the server at the end speaks HTTP/1. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class Http2TunnelTest {

    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; // Of the key in RFC 6455, 1.3.

    /** Switches, and then sends back what comes, until that ends. */
    private static void echo(RawUpstream.Peer peer) throws IOException {
        String head = peer.readHead();
        assertThat(head.toLowerCase(java.util.Locale.ROOT))
                .contains("upgrade: websocket")
                .contains("connection: upgrade")
                .contains("sec-websocket-key: ");
        peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: " + ACCEPT + "\r\n\r\n");
        echoBytes(peer);
    }

    private static void echoBytes(RawUpstream.Peer peer) throws IOException {
        while (true) {
            byte[] four = peer.readBody(4);
            peer.out().write(four);
            peer.out().flush();
            if (new String(four, US_ASCII).equals("last")) {
                return;
            }
        }
    }

    private static Attache proxy(int upstream, UpstreamProtocol protocol, String upgrade) {
        HttpConfig http = HttpConfig.forwarding("front", ForwardConfig.to("up").build())
                .upgrades(Set.of(upgrade))
                .build();
        ProxyConfig config = ProxyConfig.builder()
                .cluster(ClusterConfig.to("up", "127.0.0.1", upstream)
                        .protocol(protocol)
                        .connectTimeout(Duration.ofSeconds(10))
                        .build())
                .listener(ListenerConfig.http(Address.loopback(0), http).build())
                .build();
        return Attache.builder(config, Tls.provider()).start();
    }

    private static InetSocketAddress address(Attache proxy) {
        return (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();
    }

    private static Http2Stream webSocket(Http2Client client) throws IOException {
        return client.open(
                new Headers(5)
                        .add(":method", "CONNECT")
                        .add(":scheme", "http")
                        .add(":authority", "service.test")
                        .add(":path", "/chat")
                        .add(":protocol", "websocket")
                        .add("sec-websocket-version", "13"),
                false);
    }

    private static void exchange(Http2Stream stream) throws IOException {
        for (String text : new String[] {"one.", "two.", "last"}) {
            stream.send(Http2Client.bytes(text), false);
            assertThat(read(stream)).isEqualTo(text);
        }
        assertThat(stream.read()).isNull();
        stream.send(ByteBuffer.allocate(0), true);
    }

    private static String read(Http2Stream stream) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < 4) {
            ByteBuffer part = stream.read();
            assertThat(part).isNotNull();
            text.append(US_ASCII.decode(part));
        }
        return text.toString();
    }

    @Test
    void webSocketOverHttp2BecomesWebSocketOverHttp1() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Http2TunnelTest::echo);
                Attache proxy = proxy(upstream.port(), UpstreamProtocol.HTTP1, "websocket");
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream stream = webSocket(client);
            MessageHead head = stream.nextHead();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.fields().contains("sec-websocket-accept")).isFalse();

            exchange(stream);
        }
    }

    @Test
    void webSocketOverHttp1BecomesWebSocketOverHttp2() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Http2TunnelTest::echo);
                Attache back = proxy(upstream.port(), UpstreamProtocol.HTTP1, "websocket");
                Attache front = proxy(address(back).getPort(), UpstreamProtocol.HTTP2, "websocket");
                RawClient client = RawClient.connect(address(front))) {
            client.send("GET /chat HTTP/1.1\r\nHost: service.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
            RawClient.Head head = client.readHead();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.text()).containsIgnoringCase("sec-websocket-accept: " + ACCEPT);

            for (String text : new String[] {"one.", "two.", "last"}) {
                client.send(text);
                assertThat(client.readBytes(4)).asString(US_ASCII).isEqualTo(text);
            }
            assertThat(client.read()).isNegative();
        }
    }

    @Test
    void webSocketOverHttp2StaysSo() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Http2TunnelTest::echo);
                Attache back = proxy(upstream.port(), UpstreamProtocol.HTTP1, "websocket");
                Attache front = proxy(address(back).getPort(), UpstreamProtocol.HTTP2, "websocket");
                Http2Client client = new Http2Client(address(front))) {
            Http2Stream stream = webSocket(client);
            assertThat(stream.nextHead().status()).isEqualTo(200);

            exchange(stream);
        }
    }

    @Test
    void isRefusedWhereItIsNotAllowed() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Http2TunnelTest::echo);
                Attache proxy = proxy(upstream.port(), UpstreamProtocol.HTTP1, "other");
                Http2Client client = new Http2Client(address(proxy))) {
            assertThat(webSocket(client).nextHead().status()).isEqualTo(403);
        }
    }

    @Test
    void anUpstreamThatTakesNoExtendedConnectIsNotAskedFor() throws Exception {
        try (Stand upstream = Stand.serving(
                        settings -> settings.http2(dev.attache.core.config.Http2Config.builder()
                                .extendedConnect(false)
                                .build()),
                        (request, exchange) -> TestEntry.text(200, ""));
                Attache proxy =
                        proxy(((InetSocketAddress) upstream.address()).getPort(), UpstreamProtocol.HTTP2, "websocket");
                Http2Client client = new Http2Client(address(proxy))) {
            assertThat(webSocket(client).nextHead().status()).isEqualTo(502);
            assertThat(upstream.entry.requests).isEmpty();
        }
    }
}
