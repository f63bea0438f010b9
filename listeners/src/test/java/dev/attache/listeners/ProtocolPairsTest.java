package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.StreamResetException;
import dev.attache.tls.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.assertj.core.api.Assertions;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A client, a proxy and an upstream that is a proxy's listener as well: each side in HTTP/1.1 and HTTP/2. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ProtocolPairsTest {

    @TempDir
    private Path folder;

    private static final HttpService ECHO = (request, exchange) ->
            new Response(200, HttpFields.build().add("x-method", request.method()), request.body());

    /** The proxy between both. */
    private static Attache before(Stand upstream, UpstreamProtocol protocol) throws IOException {
        return before(upstream, protocol, forward -> forward);
    }

    private static Attache before(
            Stand upstream, UpstreamProtocol protocol, UnaryOperator<ForwardConfig.Builder> settings)
            throws IOException {
        int port = ((InetSocketAddress) upstream.address()).getPort();
        HttpConfig http = HttpConfig.forwarding(
                        "front", settings.apply(ForwardConfig.to("up")).build())
                .build();
        ProxyConfig config = ProxyConfig.builder()
                .cluster(ClusterConfig.to("up", "127.0.0.1", port)
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

    @ParameterizedTest
    @CsvSource({"HTTP1, HTTP/1.1", "HTTP2, HTTP/2", "DOWNSTREAM, HTTP/1.1"})
    void http1ClientsAreServed(UpstreamProtocol protocol, String spoken) throws Exception {
        try (Stand upstream = Stand.serving(ECHO);
                Attache proxy = before(upstream, protocol);
                RawClient client = RawClient.connect(address(proxy))) {
            client.send("POST /x%2Fy?q HTTP/1.1\r\nHost: service.test\r\nTransfer-Encoding: chunked\r\n"
                    + "TE: trailers\r\nConnection: TE\r\n\r\n4\r\nbody\r\n0\r\nx-sum: 7\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(client.readLine()).isEqualTo("4");
            assertThat(client.readLine()).isEqualTo("body");
            assertThat(client.readLine()).isEqualTo("0");
            assertThat(client.readLine()).isEqualTo("x-sum: 7");
            Request received = upstream.entry.requests.take();
            assertThat(received.target()).isEqualTo("/x%2Fy?q");
            assertThat(received.authority()).isEqualTo("service.test");
            assertThat(upstream.entry.exchanges.take().downstream().protocol()).isEqualTo(spoken);
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP1, HTTP/1.1", "HTTP2, HTTP/2", "DOWNSTREAM, HTTP/2"})
    void http2ClientsAreServed(UpstreamProtocol protocol, String spoken) throws Exception {
        try (Stand upstream = Stand.serving(ECHO);
                Attache proxy = before(upstream, protocol);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream stream =
                    client.open("POST", "/x%2Fy?q", HttpFields.build().add("te", "trailers"), false);
            stream.send(Http2Client.bytes("body"), false);
            stream.send(JettyFields.of(HttpFields.build().add("x-sum", "7")));

            Http2Client.Answer answer = Http2Client.answer(stream);

            assertThat(answer.body()).isEqualTo("body");
            assertThat(answer.headers().get("x-method")).isEqualTo("POST");
            assertThat(answer.trailers().get("x-sum")).isEqualTo("7");
            Request received = upstream.entry.requests.take();
            assertThat(received.target()).isEqualTo("/x%2Fy?q");
            assertThat(received.authority()).isEqualTo("service.test");
            assertThat(upstream.entry.exchanges.take().downstream().protocol()).isEqualTo(spoken);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AUTO, h2, HTTP/2",
        "AUTO, http/1.1, HTTP/1.1",
        "HTTP2, h2, HTTP/2",
        "HTTP1, h2, HTTP/1.1",
        "DOWNSTREAM, h2, HTTP/2"
    })
    void overTlsBothSidesAgreeOnTheVersion(UpstreamProtocol protocol, String taken, String spoken) throws Exception {
        Certificates ca = Certificates.in(folder);
        Leaf leaf = ca.issue("localhost");
        DownstreamTlsConfig tls = DownstreamTlsConfig.builder(List.of(CertificateFiles.of(leaf.chain(), leaf.key())))
                .alpn(List.of(taken))
                .build();
        RouteConfig told = RouteConfig.builder(RouteMatch.prefix("/"), new RouteAction.DirectResponse(200, "told"))
                .build();
        HttpConfig answering = HttpConfig.builder("back", RouteTableConfig.of("back", List.of(told)))
                .build();
        ProxyConfig behind = ProxyConfig.builder()
                .listener(ListenerConfig.builder(
                                Address.loopback(0),
                                List.of(FilterChainConfig.builder(answering)
                                        .tls(tls)
                                        .build()))
                        .build())
                .build();
        try (Attache upstream = Attache.builder(behind, Tls.provider()).start()) {
            ProxyConfig config = ProxyConfig.builder()
                    .cluster(ClusterConfig.to(
                                    "up", "localhost", address(upstream).getPort())
                            .protocol(protocol)
                            .tls(UpstreamTlsConfig.builder()
                                    .trustedCa(ca.bundle())
                                    .build())
                            .connectTimeout(Duration.ofSeconds(10))
                            .build())
                    .listener(ListenerConfig.http(
                                    Address.loopback(0),
                                    HttpConfig.forwarding(
                                                    "front",
                                                    ForwardConfig.to("up").build())
                                            .build())
                            .build())
                    .build();
            try (Attache proxy = Attache.builder(config, Tls.provider()).start();
                    Http2Client client = new Http2Client(address(proxy))) {
                for (int i = 0; i < 3; i++) {
                    assertThat(client.get("/").body()).isEqualTo("told");
                }
                boolean second = spoken.equals("HTTP/2");
                assertThat(Http2Client.stats(upstream.stats()))
                        .contains("http.back.downstream_cx_http%s_total: 0\n".formatted(second ? 1 : 2))
                        .doesNotContain("http.back.downstream_cx_http%s_total: 0\n".formatted(second ? 2 : 1));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void manyMebibytesGoBothWaysAtOnce(UpstreamProtocol protocol) throws Exception {
        int size = 16 * 1024 * 1024;
        try (Stand upstream = Stand.serving(ECHO);
                Attache proxy = before(upstream, protocol);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream stream = client.open("POST", "/", HttpFields.EMPTY, false);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int sent = 0; sent < size; sent += 16 * 1024) {
                        stream.send(ByteBuffer.allocate(16 * 1024), sent + 16 * 1024 == size);
                    }
                } catch (IOException broken) {
                    throw new AssertionError(broken);
                }
            });

            assertThat(Http2Client.answer(stream).bytes()).hasSize(size);
            writer.join();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void messagesGoToAndFroOnOneStream(UpstreamProtocol protocol) throws Exception {
        try (Stand upstream = Stand.serving(ECHO);
                Attache proxy = before(upstream, protocol);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream stream = client.open("POST", "/", HttpFields.EMPTY, false);
            stream.send(Http2Client.bytes("0"), false);
            assertThat(stream.nextHead().status()).isEqualTo(200);
            for (int i = 1; i < 10; i++) {
                assertThat(stream.read().get(0)).isEqualTo((byte) ('0' + i - 1));
                stream.send(Http2Client.bytes("" + i), false);
            }
            assertThat(stream.read().get(0)).isEqualTo((byte) '9');
            stream.send(ByteBuffer.allocate(0), true);
            assertThat(stream.read()).isNull();
        }
    }

    @Test
    void theConnectionIsSharedByStreamsAtTheSameTime() throws Exception {
        CountDownLatch all = new CountDownLatch(20);
        HttpService together = (request, exchange) -> {
            all.countDown();
            await(all);
            return TestEntry.text(200, request.target());
        };
        try (Stand upstream = Stand.serving(together);
                Attache proxy = before(upstream, UpstreamProtocol.HTTP2);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream[] streams = new Http2Stream[20];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = client.open("GET", "/" + i, HttpFields.EMPTY, true);
            }
            for (int i = 0; i < streams.length; i++) {
                assertThat(Http2Client.answer(streams[i]).body()).isEqualTo("/" + i);
            }
            assertThat(upstream.listener().connections()).isEqualTo(1);
        }
    }

    @Test
    void aResetOfTheClientReachesTheUpstream() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch reset = new CountDownLatch(1);
        HttpService waiting = (request, exchange) -> {
            exchange.cancellation().guard(cause -> reset.countDown());
            begun.countDown();
            await(reset);
            return TestEntry.text(200, "");
        };
        try (Stand upstream = Stand.serving(waiting);
                Attache proxy = before(upstream, UpstreamProtocol.HTTP2);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream stream = client.open("GET", "/", HttpFields.EMPTY, true);
            begun.await();

            stream.reset(ErrorCode.CANCEL);

            reset.await();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void anAnswerThatBreaksOffIsSeenToBeBroken(UpstreamProtocol protocol) throws Exception {
        HttpService breaking =
                (request, exchange) -> new Response(200, HttpFields.build(), new Http2ListenerTest.BrokenBody("begun"));
        try (Stand upstream = Stand.serving(breaking);
                Attache proxy = before(upstream, protocol);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream stream = client.open("GET", "/", HttpFields.EMPTY, true);

            Assertions.assertThatThrownBy(() -> Http2Client.answer(stream)).isInstanceOf(StreamResetException.class);
        }
    }

    @Test
    void noRequestIsLostWhenTheUpstreamLeavesWithGoAway() throws Exception {
        HttpService service = (request, exchange) -> TestEntry.text(200, "ok");
        try (Stand upstream = Stand.serving(settings -> settings.maxRequestsPerConnection(7), service);
                Attache proxy = before(upstream, UpstreamProtocol.HTTP2);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream[] streams = new Http2Stream[50];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = client.open("POST", "/", HttpFields.EMPTY, true);
            }
            for (Http2Stream stream : streams) {
                assertThat(Http2Client.answer(stream).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void theRouteTimeoutEndsTheStreamAndAnswers504() throws Exception {
        CountDownLatch reset = new CountDownLatch(1);
        HttpService never = (request, exchange) -> {
            exchange.cancellation().guard(cause -> reset.countDown());
            await(reset);
            return TestEntry.text(200, "");
        };
        try (Stand upstream = Stand.serving(never);
                Attache proxy =
                        before(upstream, UpstreamProtocol.HTTP2, forward -> forward.timeout(Duration.ofMillis(50)));
                Http2Client client = new Http2Client(address(proxy))) {
            assertThat(client.get("/").status()).isEqualTo(504);
            reset.await();
        }
    }

    @Test
    void callsWithinTheProcessAreCarriedToo() throws Exception {
        try (Stand upstream = Stand.serving(ECHO);
                Attache proxy = before(upstream, UpstreamProtocol.HTTP2);
                Response answer = proxy.service("front").handle(Request.get("/in"), Exchange.begin())) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().read()).isNull();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
