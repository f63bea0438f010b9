package dev.attache.core.proxy;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Keeps the stats of what a configuration has, until it is closed; what several have stays until the last is. */
final class StatUse implements AutoCloseable {

    private final Stats stats;
    private final AtomicReference<List<StatScope>> used;

    /** Begins; everything of {@code config} is then made in scopes that stay. */
    StatUse(Stats stats, ProxyConfig config) {
        List<StatScope> scopes = new ArrayList<>();
        for (ClusterConfig cluster : config.clusters()) {
            scopes.add(cluster(stats, cluster));
        }
        for (ListenerConfig listener : config.listeners()) {
            scopes.add(stats.listener(listener.statName()));
            for (FilterChainConfig chain : listener.filterChains()) {
                if (chain.protocol() instanceof HttpConfig http) {
                    scopes.add(stats.http(http.statPrefix()));
                }
            }
        }
        scopes.forEach(stats::retain);
        this.stats = stats;
        this.used = new AtomicReference<>(scopes);
    }

    /** The scope of a cluster. */
    static StatScope cluster(Stats stats, ClusterConfig config) {
        return stats.cluster(config.statName().isEmpty() ? config.name() : config.statName());
    }

    /** Idempotent. */
    @Override
    public void close() {
        used.getAndSet(List.of()).forEach(stats::release);
    }
}
