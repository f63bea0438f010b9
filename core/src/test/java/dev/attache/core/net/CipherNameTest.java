package dev.attache.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CipherNameTest {

    @ParameterizedTest
    @CsvSource({
        "TLS_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, ECDHE-RSA-AES256-GCM-SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, ECDHE-RSA-CHACHA20-POLY1305",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, ECDHE-ECDSA-AES256-SHA384",
        "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, DHE-RSA-AES128-GCM-SHA256",
        "TLS_RSA_WITH_AES_128_CBC_SHA, AES128-SHA",
        "SSL_RSA_WITH_3DES_EDE_CBC_SHA, DES-CBC3-SHA",
        "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA, ECDHE-PSK-AES128-CBC-SHA"
    })
    void namesSuitesAsOpenSslDoes(String standard, String openSsl) {
        assertThat(CipherName.openSsl(standard)).isEqualTo(openSsl);
    }
}
