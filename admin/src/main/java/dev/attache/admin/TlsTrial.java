package dev.attache.admin;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.net.TlsProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Makes all that a configuration needs of TLS, as a start does, and lets go of it: only the engine knows what it takes. */
final class TlsTrial {

    private final TlsProvider tls;
    private final Set<ConfigProblem> problems = new LinkedHashSet<>();

    /** All of them open to the end, for what they share is read once. */
    private final List<Runnable> closers = new ArrayList<>();

    private TlsTrial(TlsProvider tls) {
        this.tls = tls;
    }

    /** What would keep the proxy from starting. */
    static List<ConfigProblem> problems(ProxyConfig config, TlsProvider tls) {
        TlsTrial trial = new TlsTrial(tls);
        try {
            config.clusters().forEach(trial::cluster);
            config.listeners().forEach(trial::listener);
        } finally {
            trial.closers.forEach(Runnable::run);
        }
        return List.copyOf(trial.problems);
    }

    private void cluster(ClusterConfig cluster) {
        cluster.tls().ifPresent(config -> open(() -> tls.upstream(config, cluster.name())::close));
    }

    private void listener(ListenerConfig listener) {
        for (FilterChainConfig chain : listener.filterChains()) {
            chain.tls().ifPresent(config -> open(() -> tls.downstream(config, listener.statName())::close));
        }
    }

    private void open(Supplier<Runnable> opened) {
        try {
            closers.add(opened.get());
        } catch (ConfigException refused) {
            problems.addAll(refused.problems());
        }
    }
}
