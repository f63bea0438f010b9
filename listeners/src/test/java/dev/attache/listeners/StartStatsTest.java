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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private void agree() {
        Certificates ca = Certificates.in(folder);
        new StartStats(stats.listener("demo"))
                .agreed(Handshake.server(ca.issue("a.test").serverContext(ca), ca.clientContext(), "TLSv1.2"));
    }
}
