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
        names(config, report);
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

    /**
     * What is wrong with the names of a configuration alone, wherever it comes from: clusters that nobody defines, and
     * clusters and listeners that bear another's name. Reads no files.
     */
    public static List<ConfigProblem> names(ProxyConfig config) {
        Report report = new Report(new Positions());
        names(config, report);
        return report.problems();
    }

    private static void names(ProxyConfig config, Report report) {
        uniqueClusters(config, report);
        uniqueListeners(config, report);
        new ClusterReferences(config, report).check();
    }

    private static void uniqueListeners(ProxyConfig config, Report report) {
        Map<String, ListenerConfig> byName = new HashMap<>();
        for (ListenerConfig listener : config.listeners()) {
            ListenerConfig first = listener.name().isEmpty() ? null : byName.putIfAbsent(listener.name(), listener);
            // One listener at several addresses, as IPv4 and IPv6 make them, is one for whoever asks for its name.
            if (first != null && !first.filterChains().equals(listener.filterChains())) {
                report.error(
                        report.at("listeners", listener),
                        "listener " + listener.name() + " for the second time" + there(report.at("", first)),
                        "unique names");
            }
        }
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
