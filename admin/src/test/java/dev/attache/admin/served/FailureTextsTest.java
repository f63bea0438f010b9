package dev.attache.admin.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.DnsServer;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.http.HttpFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client reads, and the log says, when an upstream fails; on a listener of the native form. */
class FailureTextsTest {

    private static final String RESET = "upstream connect error or disconnect/reset before headers. reset reason: ";

    private static final String AGAIN =
            "upstream connect error or disconnect/reset before headers. retried and the latest reset reason: ";

    @TempDir
    private Path folder;

    @Test
    void tellsThatAConnectionWasRefused() throws Exception {
        int nobody;
        try (ServerSocket brief = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            nobody = brief.getLocalPort();
        }
        try (Served served = plain("127.0.0.1", nobody, "")) {
            RawClient.Answer answer = served.get("demo", "/");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).startsWith(AGAIN + "remote connection failure");
            assertThat(answer.head().header("content-type")).isEqualTo("text/plain");
            assertThat(flags()).isEqualTo("UF,URX");
        }
    }

    @Test
    void tellsThatTheUpstreamHungUp() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::readHead);
                Served served = plain("127.0.0.1", upstream.port(), "")) {
            RawClient.Answer answer = served.get("demo", "/");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo(RESET + "connection termination");
            assertThat(flags()).isEqualTo("UC");
        }
    }

    @Test
    void tellsThatThereIsNoEndpoint() throws Exception {
        try (DnsServer dns = DnsServer.start()) {
            dns.name("empty.test").addresses();
            Path none = Files.createFile(folder.resolve("none"));
            String resolver = "dns: {servers: [\"%s\"], search: [], hosts_file: %s, resolv_conf: %s}%n"
                    .formatted(dns.address(), none, none);
            try (Served served = Served.yaml(listener("empty.test", 80, "encryption: false") + resolver)) {
                RawClient.Answer answer = served.get("demo", "/");

                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.body()).isEqualTo("no healthy upstream");
                assertThat(flags()).isEqualTo("UH");
            }
        }
    }

    @Test
    void tellsThatTheClusterIsFull() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    reached.countDown();
                    go.await();
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                });
                Served served = plain("127.0.0.1", upstream.port(), ", circuit_breaker: {max_requests: 1}");
                RawClient first = served.connect("demo")) {
            first.send("GET /first HTTP/1.1\r\nhost: h\r\n\r\n");
            reached.await();

            RawClient.Answer second = served.get("demo", "/second");

            assertThat(second.status()).isEqualTo(503);
            assertThat(second.body()).isEqualTo(RESET + "overflow");
            assertThat(second.head().header("x-envoy-overloaded")).isEqualTo("true");
            assertThat(flags()).isEqualTo("UO");
            go.countDown();
            assertThat(first.readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    void tellsThatTheAnswerIsNoHttp() throws Exception {
        try (RawUpstream upstream =
                        RawUpstream.start(RawUpstream.answering("HTTP/1.1 200 OK\r\ncontent-length: 1, 2\r\n\r\nx"));
                Served served = plain("127.0.0.1", upstream.port(), "")) {
            RawClient.Answer answer = served.get("demo", "/");

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).isEqualTo(RESET + "protocol error");
            assertThat(flags()).isEqualTo("UPE");
        }
    }

    @Test
    void refusesACertificateOfAnotherName() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (TlsStandIn upstream = TlsStandIn.with(ca.issue("other.test"));
                Served served = tls(upstream, ca)) {
            RawClient.Answer answer = served.get("demo", "/");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).startsWith(RESET + "remote connection failure, transport failure reason: ");
            assertThat(flags()).isEqualTo("UF");
            assertThat(upstream.received("/")).isEmpty();
        }
    }

    @Test
    void refusesACertificateOfAnotherAuthority() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (TlsStandIn upstream = TlsStandIn.with(Certificates.in(folder).issue("127.0.0.1"));
                Served served = tls(upstream, ca)) {
            RawClient.Answer answer = served.get("demo", "/");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).startsWith(RESET + "remote connection failure, transport failure reason: ");
            assertThat(flags()).isEqualTo("UF");
            assertThat(upstream.received("/")).isEmpty();
        }
    }

    @Test
    void takesACertificateOfTheNameAndTheAuthority() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (TlsStandIn upstream = TlsStandIn.with(ca.issue("127.0.0.1"));
                Served served = tls(upstream, ca)) {
            assertThat(served.get("demo", "/").status()).isEqualTo(200);
        }
    }

    @Test
    void tellsNothingOfWhatAFilterThrewAndGoesOn() throws Exception {
        HttpFilter throwing = (request, exchange, next) -> switch (request.target()) {
            case "/bug" -> throw new IllegalStateException("secret");
            case "/undeclared" -> throw undeclared(new IOException("secret"));
            default -> next.handle(request, exchange);
        };
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Served served = Served.yaml(listener("127.0.0.1", upstream.port(), "encryption: false"), throwing);
                RawClient client = served.connect("demo")) {
            for (String path : List.of("/bug", "/undeclared")) {
                RawClient.Answer answer = Served.get(client, path);
                assertThat(answer.status()).isEqualTo(500);
                assertThat(answer.body()).isEqualTo("internal error");
            }
            assertThat(Served.get(client, "/fine").status()).isEqualTo(200);
            Waiting.until("both failures are in the log", () -> lines().size() == 2);
        }
    }

    /** Throws a checked exception past the compiler, as other languages of the JVM do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> RuntimeException undeclared(Exception thrown) throws E {
        throw (E) thrown;
    }

    private Served plain(String host, int port, String more) {
        return Served.yaml(listener(host, port, "encryption: false" + more));
    }

    private Served tls(TlsStandIn upstream, Certificates ca) {
        return Served.yaml(listener("127.0.0.1", upstream.port(), "encryption: true, trusted_ca: " + ca.bundle()));
    }

    private String listener(String host, int port, String more) {
        return """
            listeners: [{name: demo, port: 6100, upstream: "%s:%d", connect_timeout: 10s, %s}]
            access_log_path: %s
            """.formatted(host, port, more, log());
    }

    private Path log() {
        return folder.resolve("demo.log");
    }

    /** The flags in the one line of the log. */
    private String flags() throws IOException {
        Waiting.until("a log line", () -> !lines().isEmpty());
        List<String> lines = lines();
        assertThat(lines).hasSize(1);
        return lines.getFirst().replaceFirst(".* HTTP/1\\.1\" \\d+ (\\S+) .*", "$1");
    }

    private List<String> lines() {
        try {
            return Files.exists(log()) ? Files.readAllLines(log()) : List.of();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
