package dev.attache.core.config.files;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.config.yaml.Words;
import java.util.List;
import java.util.function.Predicate;

/**
 * One warning for all clusters that take any certificate of their authorities, and one for those that take any; and one
 * for each filter chain that wants a certificate of any client's making.
 */
final class UnverifiedNames {

    private UnverifiedNames() {}

    static void check(ProxyConfig config, Report report) {
        warn(config, report, tls -> !verifiesChain(tls), "TLS without any check of the peer's certificate");
        warn(
                config,
                report,
                tls -> verifiesChain(tls)
                        && !tls.verifyHost()
                        && tls.subjectAltNames().isEmpty(),
                "TLS without a check of the name in the peer's certificate");
        clients(config, report);
    }

    /** A certificate that is asked for and then believed whoever signed it: that proves nothing. */
    private static void clients(ProxyConfig config, Report report) {
        for (ListenerConfig listener : config.listeners()) {
            for (FilterChainConfig chain : listener.filterChains()) {
                boolean unverified = chain.tls()
                        .filter(tls -> tls.requireClientCertificate()
                                && tls.trustedCa().isEmpty())
                        .isPresent();
                if (unverified) {
                    report.warning(
                            report.at("listeners", chain, listener), "client certificates that nothing verifies");
                }
            }
        }
    }

    private static void warn(ProxyConfig config, Report report, Predicate<UpstreamTlsConfig> which, String what) {
        List<ClusterConfig> clusters = config.clusters().stream()
                .filter(cluster -> cluster.tls().filter(which).isPresent())
                .toList();
        if (!clusters.isEmpty()) {
            List<String> names = clusters.stream().map(ClusterConfig::name).toList();
            report.warning(
                    report.at("clusters", clusters.getFirst()),
                    what + ": " + (names.size() == 1 ? "cluster " : "clusters ") + Words.listed(names));
        }
    }

    private static boolean verifiesChain(UpstreamTlsConfig tls) {
        return tls.trustedCa().isPresent() || tls.systemRoots();
    }
}
