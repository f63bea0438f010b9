package dev.attache.core.config.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
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
                                new CertificateFiles(leaf.chain(), leaf.key(), Optional.empty(), Optional.of(staple))))
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
                                new CertificateFiles(leaf.chain(), leaf.key(), Optional.empty(), Optional.of(none))))
                        .crl(none)))
                .containsExactlyInAnyOrder(
                        "file " + none + ": does not exist",
                        "file " + none + ": does not exist",
                        "ocsp_staple " + none + " is without effect: no staple is shown");
        assertThat(found(DownstreamTlsConfig.builder(List.of(new CertificateFiles(
                                leaf.chain(), leaf.key(), Optional.empty(), Optional.of(leaf.chain()))))
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
