package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WarmUpTest {

    @ParameterizedTest
    @EnumSource
    void shakesHandsWithItself(TlsEngine engine) {
        assumeTrue(engine.orJdk() == engine, "the native library loads here");
        assertThatCode(() -> WarmUp.run(engine)).doesNotThrowAnyException();
    }

    @Test
    void makesACertificateForTheHostSignedByTheRoot() throws Exception {
        KeyPair root = ShortLivedCertificates.keys();
        X509Certificate leaf = ShortLivedCertificates.leaf(
                "a.test", ShortLivedCertificates.keys().getPublic(), root);
        leaf.verify(root.getPublic());
        leaf.checkValidity();
        assertThat(CertificateNames.of(leaf).carry("a.test")).isTrue();
        assertThat(ShortLivedCertificates.root(root).getBasicConstraints()).isGreaterThanOrEqualTo(0);
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    }
}
