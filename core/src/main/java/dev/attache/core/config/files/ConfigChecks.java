package dev.attache.core.config.files;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be wrong between the parts of a configuration, whatever language it was written in: names that nobody
 * bears, files that are not there, addresses given twice; and what is allowed but hardly meant.
 */
public final class ConfigChecks {

    private ConfigChecks() {}

    /** All errors and warnings, in the order of the configuration. Reads the certificate files that it names. */
    public static List<ConfigProblem> check(ProxyConfig config, Positions positions) {
        Report report = new Report(positions);
        uniqueClusters(config, report);
        new ClusterReferences(config, report).check();
        new TakenAddresses(report).check(config);
        new CertificateChecks(report).check(config);
        RouteChecks routes = new RouteChecks(report);
        for (ListenerConfig listener : config.listeners()) {
            FilterChainChecks.check(listener, report);
            for (FilterChainConfig chain : listener.filterChains()) {
                if (chain.protocol() instanceof HttpConfig http) {
                    routes.check(http);
                }
            }
        }
        UnverifiedNames.check(config, report);
        return report.problems();
    }

    private static void uniqueClusters(ProxyConfig config, Report report) {
        Map<String, ClusterConfig> byName = new HashMap<>();
        for (ClusterConfig cluster : config.clusters()) {
            ClusterConfig first = byName.putIfAbsent(cluster.name(), cluster);
            if (first != null) {
                report.error(
                        report.at("clusters", cluster),
                        "cluster " + cluster.name() + " for the second time" + there(report.at("", first)),
                        "unique names");
            }
        }
    }

    /** {@code " (first at file:line:column)"}, or nothing where the place is not known. */
    static String there(Positions.Position first) {
        return first.source().file().isEmpty() ? "" : " (first at " + first.source() + ")";
    }
}
