package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tunnels that are asked for by the method CONNECT. */
@Timeout(60)
class ConnectTest {

    private static final String CONNECT = "CONNECT db.test:5432 HTTP/1.1\r\nHost: db.test\r\n\r\n";

    @TempDir
    private Path folder;

    private Attache proxy;

    @AfterEach
    void close() {
        if (proxy != null) {
            proxy.close();
        }
    }

    /** A proxy for CONNECT, and for every path. */
    private int start(int upstream, Set<String> upgrades, boolean terminate) {
        RouteConfig connect = RouteConfig.builder(
                        RouteMatch.builder(new PathMatch.Connect()).build(),
                        ForwardConfig.to("up").connect(terminate).build())
                .build();
        RouteConfig all = RouteConfig.builder(
                        RouteMatch.prefix("/"), ForwardConfig.to("up").build())
                .build();
        return start(upstream, upgrades, List.of(connect, all));
    }

    private int start(int upstream, Set<String> upgrades, List<RouteConfig> routes) {
        HttpConfig config = HttpConfig.builder("demo", RouteTableConfig.of("demo", routes))
                .upgrades(upgrades)
                .stripAnyHostPort(true)
                .accessLogs(List.of(new AccessLogConfig(
                        new AccessLogConfig.Sink.File(folder.resolve("access.log")),
                        Optional.of(new LogFormat.Text(
                                "%REQ(:METHOD)% %REQ(:AUTHORITY)% %RESPONSE_CODE% %RESPONSE_FLAGS%"
                                        + " %BYTES_RECEIVED% %BYTES_SENT% %RESPONSE_CODE_DETAILS%\n",
                                false)),
                        Optional.empty())))
                .build();
        proxy = Attache.builder(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("up", "127.0.0.1", upstream).build())
                        .listener(ListenerConfig.http(Address.loopback(0), config)
                                .name("demo")
                                .build())
                        .build())
                .start();
        return Embedded.port(proxy, "demo");
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

    @Test
    void isRefusedWhereItIsNotConfigured() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling())) {
            int port = start(upstream.port(), Set.of("websocket"), false);
            try (RawClient client = RawClient.connect(port).send(CONNECT + "GET / HTTP/1.1\r\nHost: h\r\n\r\n")) {
                assertThat(client.readAnswer().status()).isEqualTo(403);
                assertThat(client.read()).isEqualTo(-1);
            }
            assertThat(logLine()).isEqualTo("CONNECT db.test:5432 403 - 0 0 upgrade_failed");
            assertThat(proxy.stats()
                            .http("demo")
                            .counter("downstream_rq_ws_on_non_ws_route")
                            .value())
                    .isEqualTo(1);
            assertThat(upstream.connections()).isZero();
        }
    }

    @Test
    void endsHereAndCarriesBytesAloneToTheEndpoint() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            peer.send("server first\n");
            assertThat(peer.in().readAllBytes()).asString().isEqualTo("early, late");
            peer.send("and last");
        })) {
            int port = start(upstream.port(), Set.of("connect"), true);
            try (RawClient client = RawClient.connect(port).send(CONNECT + "early, ")) {
                RawClient.Head head = client.readHead();
                assertThat(head.text()).startsWith("HTTP/1.1 200 OK\r\n");
                for (String name : List.of("content-length", "transfer-encoding", "connection", "upgrade")) {
                    assertThat(head.header(name)).as(name).isNull();
                }
                assertThat(client.readBytes(13)).asString().isEqualTo("server first\n");
                client.send("late").shutdownOutput();
                assertThat(client.readAll()).isEqualTo("and last");
            }
            assertThat(logLine()).isEqualTo("CONNECT db.test:5432 200 - 11 21 via_upstream");
            Waiting.until(() ->
                    proxy.stats().cluster("up").gauge("upstream_cx_active").value() == 0);
        }
    }

    @Test
    void isForwardedAndCarriesBytesAfterTheAnswer() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            heads.add(peer.readHead());
            assertThat(peer.in().available()).isZero();
            peer.send("HTTP/1.1 200 Connected\r\ncontent-length: 3\r\n\r\nbehind the head");
            peer.in().transferTo(peer.out());
        })) {
            int port = start(upstream.port(), Set.of("connect"), false);
            try (RawClient client = RawClient.connect(port).send(CONNECT + "early")) {
                RawClient.Head head = client.readHead();
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.header("content-length")).isNull();
                assertThat(new String(client.readBytes(20), StandardCharsets.US_ASCII))
                        .isEqualTo("behind the headearly");
                client.send("late").shutdownOutput();
                assertThat(client.readAll()).isEqualTo("late");
            }
            assertThat(RawUpstream.next(heads))
                    .startsWith("CONNECT db.test:5432 HTTP/1.1\r\nhost: db.test:5432\r\n")
                    .doesNotContain("upgrade", "content-length", "transfer-encoding");
        }
    }

    @Test
    void aRefusalOfTheUpstreamIsTheAnswer() throws Exception {
        try (RawUpstream upstream =
                RawUpstream.start(RawUpstream.answering("HTTP/1.1 407 Who are you\r\ncontent-length: 2\r\n\r\nno"))) {
            int port = start(upstream.port(), Set.of("connect"), false);
            try (RawClient client = RawClient.connect(port).send(CONNECT + "early")) {
                RawClient.Answer answer = client.readAnswer();
                assertThat(answer.status()).isEqualTo(407);
                assertThat(answer.body()).isEqualTo("no");
                assertThat(client.read()).isEqualTo(-1);
            }
            assertThat(logLine()).isEqualTo("CONNECT db.test:5432 407 - 0 2 via_upstream");
        }
    }

    @Test
    void anEndpointThatIsNotThereIsAFailureLikeAnyOther() throws Exception {
        try (Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress("127.0.0.1", 0));
            int port = start(nobody.getLocalPort(), Set.of("connect"), true);
            try (RawClient client = RawClient.connect(port).send(CONNECT)) {
                assertThat(client.readAnswer().status()).isEqualTo(503);
            }
        }
        assertThat(logLine()).startsWith("CONNECT db.test:5432 503 UF,URX 0 ");
    }

    @Test
    void takesNoRouteThatAsksForAPath() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling())) {
            int port = start(
                    upstream.port(),
                    Set.of("connect"),
                    List.of(
                            RouteConfig.builder(
                                            RouteMatch.prefix(""),
                                            ForwardConfig.to("up").build())
                                    .build(),
                            RouteConfig.builder(
                                            RouteMatch.builder(new PathMatch.Regex(".*"))
                                                    .build(),
                                            ForwardConfig.to("up").build())
                                    .build()));
            try (RawClient client = RawClient.connect(port).send(CONNECT)) {
                assertThat(client.readAnswer().status()).isEqualTo(404);
            }
            assertThat(upstream.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "db.test:1",
                "10.0.0.1:65535",
                "[::1]:443",
                "[::ffff:10.0.0.1]:80",
            })
    void namesAHostAndAPort(String target) throws Exception {
        assertThat(statusOf("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n"))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT db.test HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT :80 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT db.test:0 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT db.test:65536 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT db.test:80:80 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT user@db.test:80 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT http://db.test:80 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT db.test:80/ HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT [::1] HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT []:80 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT [::x]:80 HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT db.test:80 HTTP/1.1\r\n\r\n",
                "CONNECT db.test:80 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx",
                "CONNECT db.test:80 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: CONNECT\r\n\r\n",
            })
    void anythingElseIsMalformed(String request) throws Exception {
        assertThat(statusOf(request)).isEqualTo(400);
    }

    private int statusOf(String request) throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd)) {
            int port = start(upstream.port(), Set.of("connect"), true);
            try (RawClient client = RawClient.connect(port).send(request)) {
                return client.readHead().status();
            }
        }
    }
}
