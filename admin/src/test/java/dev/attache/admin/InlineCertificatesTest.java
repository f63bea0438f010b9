package dev.attache.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS with certificates and keys that stand in a bootstrap, or in a secret, over sockets, and what operators see of it. */
@Timeout(120)
class InlineCertificatesTest {

    private static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";

    @TempDir
    private Path folder;

    private Certificates ca;
    private Leaf leaf;

    @BeforeEach
    void issue() {
        ca = Certificates.in(folder);
        leaf = ca.issue("localhost");
    }

    @Test
    void servesThemAndShowsNoKey() throws Exception {
        String chain = base64(leaf.chain());
        String key = base64(leaf.key());
        String own = "tls_certificates: {certificate_chain: {inline_bytes: " + chain + "}, private_key: {inline_bytes: "
                + key + "}}, validation_context: {trusted_ca: {inline_bytes: " + base64(ca.bundle()) + "}}";
        try (AdminStand stand = AdminStand.yaml(bootstrap(own))) {
            assertThat(answer(stand)).startsWith("HTTP/1.1 200").endsWith("served");
            assertThat(shown(stand)).isEqualTo(leaf.certificate());
            assertThat(stand.get("/config_dump").body())
                    .contains("\"key\": \"[redacted]\"")
                    .doesNotContain(key.substring(0, 60), keyLine(leaf), "PRIVATE");
            assertThat(stand.get("/certs").body())
                    .contains(
                            "\"path\": \"<inline>\"",
                            leaf.certificate().getSerialNumber().toString(16))
                    .doesNotContain(keyLine(leaf), "PRIVATE");
            assertThat(stand.proxy().config().toString()).doesNotContain(keyLine(leaf), "PRIVATE");
        }
    }

    @Test
    void takesUpASecretThatWasRewrittenAndTellsWhyItDoesNotTakeABrokenOne() throws Exception {
        Path secret = write(leaf, Files.readString(leaf.key()));
        String named = "tls_certificate_sds_secret_configs: {name: web, sds_config: {path_config_source: {path: "
                + secret + "}}}";
        try (AdminStand stand = AdminStand.yaml(bootstrap(named))) {
            assertThat(shown(stand)).isEqualTo(leaf.certificate());

            Leaf next = ca.issue("localhost");
            write(next, Files.readString(next.key()));
            Waiting.until("the next certificate", () -> shown(stand).equals(next.certificate()));

            Leaf wrong = ca.issue("localhost");
            write(wrong, Files.readString(leaf.key()));
            Waiting.until("the refusal", () -> certs(stand).contains("reload_error"));
            assertThat(certs(stand))
                    .contains("\"path\": \"" + secret + "\"", "not the key of this certificate")
                    .doesNotContain(keyLine(leaf), "PRIVATE");
            assertThat(shown(stand)).isEqualTo(next.certificate());
            assertThat(stand.get("/stats?filter=ssl_context_update_failed").body())
                    .contains("update_failed: 1");
            assertThat(stand.get("/config_dump").body()).contains("\"secret\": \"" + secret + "\"");
        }
    }

    private Path write(Leaf chain, String key) throws IOException {
        return Files.writeString(
                folder.resolve("web.yaml"),
                "resources:\n  - \"@type\": " + TYPE + "Secret\n    name: web\n    tls_certificate:\n"
                        + "      certificate_chain:\n        inline_string: |\n"
                        + Files.readString(chain.chain()).indent(10)
                        + "      private_key:\n        inline_string: |\n" + key.indent(10));
    }

    private static String bootstrap(String common) {
        return """
            static_resources:
              listeners:
              - name: demo
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: demo
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: served}}}]
                      http_filters: [{name: envoy.filters.http.router}]
                  transport_socket: {typed_config: {"@type": %sDownstreamTlsContext, common_tls_context: {%s}}}
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
            """.formatted(TYPE, common);
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }

    private static String keyLine(Leaf leaf) throws IOException {
        return Files.readAllLines(leaf.key()).get(1);
    }

    private static String certs(AdminStand stand) {
        try {
            return stand.get("/certs").body();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String answer(AdminStand stand) throws IOException {
        try (SSLSocket socket = connect(stand)) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private X509Certificate shown(AdminStand stand) {
        try (SSLSocket socket = connect(stand)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private SSLSocket connect(AdminStand stand) throws IOException {
        SSLSocket socket =
                (SSLSocket) ca.clientContext().getSocketFactory().createSocket("localhost", stand.port("demo"));
        socket.startHandshake();
        return socket;
    }
}
