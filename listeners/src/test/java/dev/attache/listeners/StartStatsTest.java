package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.StatsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Handshake;
import dev.attache.core.stats.PrometheusText;
import dev.attache.core.stats.Stats;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartStatsTest {

    @TempDir
    private Path folder;

    private final Stats stats = Stats.create(StatsConfig.DEFAULT);

    @Test
    void namesCipherSuitesAsOpenSslDoes() throws IOException {
        agree();

        StringBuilder text = new StringBuilder();
        TextStats.write(stats, StatsFilter.ALL, text);
        assertThat(text.toString()).containsPattern("listener\\.demo\\.ssl\\.ciphers\\.ECDHE-ECDSA-[A-Z0-9-]+: 1");
    }

    @Test
    void makesSuitesAndVersionsLabels() throws IOException {
        agree();

        StringBuilder text = new StringBuilder();
        PrometheusText.write(stats, StatsFilter.ALL, text);
        assertThat(text.toString())
                .containsPattern("envoy_listener_ssl_ciphers\\{envoy_ssl_cipher=\"ECDHE-ECDSA-[A-Z0-9-]+\",")
                .contains("envoy_listener_ssl_versions{envoy_ssl_version=\"TLSv1.2\",");
    }

    @ParameterizedTest
    @CsvSource({
        "error:100000c0:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE, fail_verify_no_cert",
        "Empty client certificate chain, fail_verify_no_cert",
        "No trusted certificate found, fail_verify_error",
    })
    void tellsClientsWithoutACertificateFromThoseWithAWrongOne(String cause, String counter) throws IOException {
        new StartStats(stats.listener("demo")).failed(new SSLHandshakeException(cause));

        StringBuilder text = new StringBuilder();
        TextStats.write(stats, StatsFilter.ALL, text);
        assertThat(text.toString().lines().filter(line -> line.contains("fail_verify_") && line.endsWith(" 1")))
                .containsExactly("listener.demo.ssl." + counter + ": 1");
    }

    private void agree() {
        Certificates ca = Certificates.in(folder);
        new StartStats(stats.listener("demo"))
                .agreed(Handshake.server(ca.issue("a.test").serverContext(ca), ca.clientContext(), "TLSv1.2"));
    }
}
