package dev.attache.admin.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.RawUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * TLS terminators of a deployment's real roles: each file as it stands, beside the defaults and a further file that says
 * what is otherwise here: the certificate, the local service, the folder of the logs.
 */
@Timeout(120)
class RealRolesServedTest {

    private static final Path FOLDER = Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf")
            .normalize();
    private static final String HOST = "service.test";
    private static final String SWITCH =
            "GET /socket HTTP/1.1\r\nhost: " + HOST + "\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
                    + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n";

    @TempDir
    private Path folder;

    private Certificates ca;
    private RawUpstream local;

    static Stream<Path> roles() throws IOException {
        Path roles = FOLDER.resolve("roles");
        assumeTrue(Files.isDirectory(roles), () -> "no real files in " + FOLDER);
        try (Stream<Path> files = Files.list(roles)) {
            return files.sorted().toList().stream();
        }
    }

    @BeforeEach
    void start() {
        ca = Certificates.in(folder);
        local = RawUpstream.start(RealRolesServedTest::serveLocally);
    }

    @AfterEach
    void close() {
        local.close();
    }

    /** Switches where it is asked to, and then sends back what comes. */
    private static void serveLocally(RawUpstream.Peer peer) throws IOException {
        for (String head = peer.readHead(); head != null; head = peer.readHead()) {
            if (head.contains("\r\nupgrade: websocket\r\n")) {
                peer.send("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
                        + "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\ncontent-length: 0\r\n\r\n");
                peer.in().transferTo(peer.out());
                return;
            }
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: " + head.length() + "\r\n\r\n" + head);
        }
    }

    @ParameterizedTest
    @MethodSource("roles")
    void letsTheLocalServiceAnswer(Path role) throws Exception {
        try (Served served = serve(role);
                TlsConnection client = connect(served)) {
            TlsConnection.Answer answer = client.get("/a");

            assertThat(answer.status()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(answer.header("server")).isEqualTo("envoy");
            assertThat(answer.body()).startsWith("GET /a HTTP/1.1\r\nhost: " + HOST + "\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("roles")
    void tellsTheLocalServiceHowLongTheRoleWaits(Path role) throws Exception {
        String text = Files.readString(role);
        try (Served served = serve(role);
                TlsConnection client = connect(served)) {
            String seen = client.get("/a").body();

            if (text.contains("upstream_response_timeout: 0.0")) {
                assertThat(seen).doesNotContain("x-envoy-expected-rq-timeout-ms");
            } else if (!text.contains("upstream_response_timeout:")) {
                assertThat(seen).contains("\r\nx-envoy-expected-rq-timeout-ms: 65000\r\n");
            } else {
                assertThat(seen).containsPattern("\r\nx-envoy-expected-rq-timeout-ms: [0-9]{5,}\r\n");
            }
            assertThat(seen.contains("\r\nx-forwarded-for: 127.0.0.1\r\n"))
                    .isEqualTo(text.contains("use_remote_address: true"));
        }
    }

    @ParameterizedTest
    @MethodSource("roles")
    void carriesWebSocketsWhereTheRoleHasThem(Path role) throws Exception {
        boolean allowed = Files.readString(role).contains("websockets: true");
        try (Served served = serve(role);
                TlsConnection client = connect(served)) {
            client.send(SWITCH);

            if (allowed) {
                assertThat(client.readHead()).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
                client.send("\u0081\u0085abcdHELLO");
                assertThat(client.readText(11)).isEqualTo("\u0081\u0085abcdHELLO");
            } else {
                assertThat(client.readHead()).startsWith("HTTP/1.1 403 Forbidden\r\n");
            }
        }
    }

    private Served serve(Path role) throws IOException {
        Certificates.Leaf leaf = ca.issue(HOST);
        return Served.files(
                FOLDER.resolve("tlsproxy-envoy-defaults.yaml"),
                role,
                Files.writeString(
                        folder.resolve("here.yaml"), """
                            profile::tlsproxy::envoy::global_certs: [{cert_path: %s, key_path: %s}]
                            profile::tlsproxy::envoy::services: [{server_names: ["*"], port: %d}]
                            profile::tlsproxy::envoy::upstream_addr: 127.0.0.1
                            profile::tlsproxy::envoy::connect_timeout: 10.0
                            access_log_path: %s/{name}.log
                            """.formatted(leaf.chain(), leaf.key(), local.port(), folder)));
    }

    private TlsConnection connect(Served served) throws IOException {
        int port = Served.port(served.proxy().listeners().getFirst());
        return TlsConnection.connect(port, HOST, ca.clientContext());
    }
}
