package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NegotiatedTest {

    @Test
    void tellsVersionSuiteSignatureAndGroup() {
        assertThat(Negotiated.parse("""
            Peer signature type: ECDSA
            Server Temp Key: X25519, 253 bits
            New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384
            """)).isEqualTo("TLSv1.3 TLS_AES_256_GCM_SHA384 ECDSA X25519");
    }

    @Test
    void tellsThatThereWasNoHandshake() {
        assertThat(Negotiated.parse("New, (NONE), Cipher is (NONE)\n")).isEqualTo("nothing");
    }
}
