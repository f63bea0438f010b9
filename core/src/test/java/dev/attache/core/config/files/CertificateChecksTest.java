package dev.attache.core.config.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateChecksTest {

    @TempDir
    private Path folder;

    private Certificates ca;

    @BeforeEach
    void makeAnAuthority() {
        ca = Certificates.in(folder);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void acceptsAPairWithItsListsAndItsStaple(boolean rsa) throws IOException {
        Certificates.Leaf leaf = rsa ? ca.leaf("a.test").rsa().issue() : ca.issue("a.test");
        Path staple = Files.write(folder.resolve("staple.der"), new byte[] {0x30, 0x03, 0x0a, 0x01, 0x00});

        assertThat(found(DownstreamTlsConfig.builder(List.of(
                                CertificateFiles.of(leaf.chain(), leaf.key()).stapled(Optional.of(staple))))
                        .trustedCa(ca.bundle())
                        .crl(ca.revocationList())))
                .containsExactly("ocsp_staple " + staple + " is without effect: no staple is shown");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsAKeyOfAnotherCertificate(boolean rsa) {
        Certificates.Leaf leaf = ca.issue("a.test");
        Certificates.Leaf other = rsa ? ca.leaf("b.test").rsa().issue() : ca.issue("b.test");

        assertThat(found(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(leaf.chain(), other.key())))))
                .containsExactly("file " + other.key() + ": is not the key of the certificate in " + leaf.chain());
    }

    @Test
    void warnsOfCertificatesThatAreOutOfDate() {
        Certificates.Leaf old = ca.leaf("a.test").expired().issue();
        Certificates.Leaf early = ca.leaf("a.test").notYetValid().issue();

        assertThat(found(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(old.chain(), old.key())))))
                .containsExactly("certificate " + old.chain() + ": expired on "
                        + old.certificate().getNotAfter().toInstant());
        assertThat(found(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(early.chain(), early.key())))))
                .containsExactly("certificate " + early.chain() + ": not valid before "
                        + early.certificate().getNotBefore().toInstant());
    }

    @Test
    void tellsListsAndStaplesThatCannotBeUsed() throws IOException {
        Certificates.Leaf leaf = ca.issue("a.test");
        Path none = folder.resolve("none");
        Path damaged = Files.writeString(
                folder.resolve("damaged.pem"), "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n");

        assertThat(found(DownstreamTlsConfig.builder(List.of(
                                CertificateFiles.of(leaf.chain(), leaf.key()).stapled(Optional.of(none))))
                        .crl(none)))
                .containsExactlyInAnyOrder(
                        "file " + none + ": does not exist",
                        "file " + none + ": does not exist",
                        "ocsp_staple " + none + " is without effect: no staple is shown");
        assertThat(found(DownstreamTlsConfig.builder(List.of(
                                CertificateFiles.of(leaf.chain(), leaf.key()).stapled(Optional.of(leaf.chain()))))
                        .crl(leaf.chain())))
                .containsExactlyInAnyOrder(
                        "file " + leaf.chain() + ": holds no revocation list",
                        "file " + leaf.chain() + ": holds no OCSP response",
                        "ocsp_staple " + leaf.chain() + " is without effect: no staple is shown");
        assertThat(found(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(leaf.chain(), leaf.key())))
                        .crl(damaged)))
                .singleElement()
                .asString()
                .contains("revocation list 1 is damaged");
    }

    @Test
    void warnsOfClientCertificatesThatNothingVerifies() {
        Certificates.Leaf leaf = ca.issue("a.test");
        DownstreamTlsConfig.Builder tls = DownstreamTlsConfig.builder(
                        List.of(CertificateFiles.of(leaf.chain(), leaf.key())))
                .requireClientCertificate(true);

        assertThat(found(tls)).containsExactly("client certificates that nothing verifies");
        assertThat(found(tls.trustedCa(ca.bundle()))).isEmpty();
    }

    @Test
    void readsTheListsOfAnUpstreamToo() {
        ClusterConfig cluster = ClusterConfig.to("a", "10.0.0.1", 80)
                .tls(UpstreamTlsConfig.builder().crl(folder.resolve("none")).build())
                .build();

        assertThat(problems(ProxyConfig.builder().cluster(cluster).build()))
                .containsExactly("file " + folder.resolve("none") + ": does not exist");
    }

    @Test
    void acceptsWhatStandsInTheConfiguration() throws IOException {
        Certificates.Leaf leaf = ca.issue("a.test");

        assertThat(found(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(text(leaf.chain()), text(leaf.key()))))
                        .trustedCa(text(ca.bundle()))
                        .crl(text(ca.revocationList()))))
                .isEmpty();
    }

    @Test
    void tellsWhatIsWrongInTheConfigurationWithoutRepeatingIt() throws IOException {
        Certificates.Leaf leaf = ca.issue("a.test");
        String key = Files.readString(leaf.key());
        Certificates.Leaf other = ca.issue("b.test");
        String locked = Pem.block("ENCRYPTED PRIVATE KEY", new byte[] {48, 0});
        String oldLocked = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n"
                + "AAAA\n-----END RSA PRIVATE KEY-----\n";

        assertThat(foundOfKey(leaf, Files.readString(other.key())))
                .isEqualTo("inline PEM: is not the key of the certificate in " + leaf.chain());
        assertThat(foundOfKey(leaf, "key")).isEqualTo("inline PEM: holds no private key");
        assertThat(foundOfKey(leaf, locked)).isEqualTo("inline PEM: the key is encrypted");
        assertThat(foundOfKey(leaf, oldLocked)).isEqualTo("inline PEM: the key is encrypted");
        assertThat(foundOfKey(leaf, key.replace("\n", " "))).isEqualTo("inline PEM: has lost its line breaks");
        assertThat(foundOfKey(leaf, key.substring(0, key.indexOf("-----END")))).isEqualTo("inline PEM: is cut off");
    }

    private static String foundOfKey(Certificates.Leaf leaf, String key) {
        List<String> found = found(DownstreamTlsConfig.builder(
                List.of(CertificateFiles.of(PemSource.of(leaf.chain()), PemSource.inline(key)))));
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @Test
    void tellsWhereInTheFileTheWrongPemStands() throws IOException {
        Path file = Files.writeString(folder.resolve("envoy.yaml"), """
            static_resources:
              clusters:
              - name: a
                load_assignment:
                  endpoints: {lb_endpoints: {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}}
                transport_socket:
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                    common_tls_context:
                      validation_context:
                        trusted_ca:
                          inline_string: |
                            nothing
            """);

        assertThatThrownBy(() -> ConfigFiles.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith(file + ":12:30: static_resources.clusters[0].transport_socket.typed_config"
                        + ".common_tls_context.validation_context.trusted_ca.inline_string: inline PEM: holds no"
                        + " certificate (expected: certificates in PEM)");
    }

    private static PemSource text(Path file) throws IOException {
        return PemSource.inline(Files.readString(file));
    }

    private static List<String> found(DownstreamTlsConfig.Builder tls) {
        HttpConfig http =
                HttpConfig.forwarding("a", ForwardConfig.to("a").build()).build();
        ListenerConfig listener = ListenerConfig.builder(
                        Address.loopback(0),
                        List.of(FilterChainConfig.builder(http).tls(tls.build()).build()))
                .build();
        return problems(ProxyConfig.builder()
                .cluster(ClusterConfig.to("a", "10.0.0.1", 80).build())
                .listener(listener)
                .build());
    }

    private static List<String> problems(ProxyConfig config) {
        return ConfigChecks.check(config, new Positions()).stream()
                .map(ConfigProblem::found)
                .toList();
    }
}
