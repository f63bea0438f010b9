package dev.attache.core.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.net.CertificateState;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.stats.Stats;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateStatsTest {

    @TempDir
    Path folder;

    private final MetricRegistry registry = new MetricRegistry();
    private final Provider tls = new Provider();
    private Instant now = Instant.now();

    @BeforeEach
    void report() {
        InstantSource clock = () -> now;
        Stats stats = Stats.reportingTo(registry, StatsConfig.DEFAULT);
        CertificateStats.report(tls, stats, clock, name -> name.equals("c") ? "stat_of_c" : name);
    }

    @Test
    void tellsTheDaysUntilTheFirstCertificateExpires() {
        Certificates ca = Certificates.in(folder);
        X509Certificate certificate = ca.issue("svc.test").certificate();
        tls.loaded = List.of(state(certificate), state(ca.certificate()));
        Instant end = certificate.getNotAfter().toInstant();

        now = end.minus(Duration.ofDays(10)).minusSeconds(1);
        assertThat(days()).isEqualTo(10L);
        now = end.plusSeconds(3601);
        assertThat(days()).isEqualTo(-1L);
    }

    @Test
    void tellsTheLargestNumberWhereThereIsNoCertificate() {
        assertThat(days()).isEqualTo(4_294_967_295L);
    }

    @Test
    void countsWhatBecameOfChangedFiles() {
        tls.listener.listenerReloaded("0.0.0.0:443", true);
        tls.listener.listenerReloaded("0.0.0.0:443", false);
        tls.listener.clusterReloaded("c", true);
        tls.listener.clusterReloaded("c", true);

        String downstream = "listener.0.0.0.0_443.server_ssl_socket_factory.";
        assertThat(count(downstream + "ssl_context_update_by_sds")).isEqualTo(1);
        assertThat(count(downstream + "ssl_context_update_failed")).isEqualTo(1);
        assertThat(count("cluster.stat_of_c.client_ssl_socket_factory.ssl_context_update_by_sds"))
                .isEqualTo(2);
    }

    private CertificateState state(X509Certificate certificate) {
        return new CertificateState(folder.toString(), false, List.of(certificate), List.of("listener l"), 0, "");
    }

    private Object days() {
        return registry.getGauges().get("server.days_until_first_cert_expiring").getValue();
    }

    private long count(String name) {
        return registry.getCounters().get(name).getCount();
    }

    private static final class Provider implements TlsProvider {
        private List<CertificateState> loaded = List.of();
        private ReloadListener listener;

        @Override
        public List<CertificateState> certificates() {
            return loaded;
        }

        @Override
        public void onReload(ReloadListener told) {
            listener = told;
        }

        @Override
        public UpstreamTls upstream(UpstreamTlsConfig config, String cluster) {
            throw new AssertionError("no TLS here");
        }

        @Override
        public DownstreamTls downstream(DownstreamTlsConfig config, String name) {
            throw new AssertionError("no TLS here");
        }
    }
}
