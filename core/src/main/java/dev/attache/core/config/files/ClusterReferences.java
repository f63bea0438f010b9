package dev.attache.core.config.files;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.TcpProxyConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.config.yaml.Words;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Every cluster that is named must be there. */
final class ClusterReferences {

    private final List<ListenerConfig> listeners;
    private final Set<String> known;
    private final Report report;

    ClusterReferences(ProxyConfig config, Report report) {
        this.listeners = config.listeners();
        this.known = config.clusters().stream().map(ClusterConfig::name).collect(Collectors.toSet());
        this.report = report;
    }

    void check() {
        for (ListenerConfig listener : listeners) {
            for (FilterChainConfig chain : listener.filterChains()) {
                switch (chain.protocol()) {
                    case TcpProxyConfig tcp -> check(tcp.cluster(), tcp.statPrefix(), tcp, chain, listener);
                    case HttpConfig http -> check(http, chain, listener);
                }
            }
        }
    }

    private void check(HttpConfig http, FilterChainConfig chain, ListenerConfig listener) {
        for (VirtualHostConfig host : http.routes().virtualHosts()) {
            for (RouteConfig route : host.routes()) {
                if (route.action() instanceof ForwardConfig forward) {
                    String name = http.statPrefix() + " virtual host " + host.name();
                    for (RouteAction.WeightedCluster share : forward.clusters()) {
                        check(share.cluster(), name, share, forward, route, host, http, chain, listener);
                    }
                }
            }
        }
        http.tracing().ifPresent(it -> check(it.cluster(), http.statPrefix() + " tracing", it, http, chain, listener));
        for (FilterConfig filter : http.filters()) {
            if (filter instanceof FilterConfig.RateLimit limit) {
                check(limit.cluster(), http.statPrefix() + " rate limit", limit, http, chain, listener);
            }
        }
    }

    private void check(String cluster, String name, Object... parts) {
        if (!known.contains(cluster)) {
            report.error(
                    report.at(name, parts),
                    "unknown cluster " + Words.shown(cluster),
                    "the name of a cluster",
                    report.closest(cluster, known));
        }
    }
}
