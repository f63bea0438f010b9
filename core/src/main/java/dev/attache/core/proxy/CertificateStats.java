package dev.attache.core.proxy;

import dev.attache.core.net.CertificateState;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Counts how often certificate files have changed, and tells when the first certificate expires. The names are Envoy's,
 * but for {@code ssl_context_update_failed}, which it does not have.
 */
final class CertificateStats implements TlsProvider.ReloadListener {

    /** What Envoy answers where there is no certificate. */
    private static final long NEVER = 0xffff_ffffL;

    private final Stats stats;
    private final UnaryOperator<String> clusterStatName;

    private CertificateStats(Stats stats, UnaryOperator<String> clusterStatName) {
        this.stats = stats;
        this.clusterStatName = clusterStatName;
    }

    /** @param clusterStatName name of a cluster in stats, by its own */
    static void report(TlsProvider tls, Stats stats, InstantSource clock, UnaryOperator<String> clusterStatName) {
        tls.onReload(new CertificateStats(stats, clusterStatName));
        stats.server().gauge("days_until_first_cert_expiring", () -> daysLeft(tls.certificates(), clock.instant()));
    }

    /** Whole days until the first expires, negative when it has; of a bundle its first certificate counts, as in Envoy. */
    private static long daysLeft(List<CertificateState> loaded, Instant now) {
        return loaded.stream()
                .flatMap(state -> state.certificates().stream().limit(1))
                .mapToLong(certificate -> Math.floorDiv(
                        Duration.between(now, certificate.getNotAfter().toInstant())
                                .toSeconds(),
                        Duration.ofDays(1).toSeconds()))
                .min()
                .orElse(NEVER);
    }

    @Override
    public void listenerReloaded(String listener, boolean succeeded) {
        count(stats.listener(listener).scope("server_ssl_socket_factory"), succeeded);
    }

    @Override
    public void clusterReloaded(String cluster, boolean succeeded) {
        count(stats.cluster(clusterStatName.apply(cluster)).scope("client_ssl_socket_factory"), succeeded);
    }

    private static void count(StatScope scope, boolean succeeded) {
        scope.counter(succeeded ? "ssl_context_update_by_sds" : "ssl_context_update_failed")
                .increment();
    }
}
