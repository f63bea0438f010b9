package dev.attache.admin;

import dev.attache.core.accesslog.AccessLogWriter;
import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.AdminConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.Source;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.Unserved;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.proxy.InProcess;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Stats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes what a start would make of a configuration, and lets go of it, without opening or creating anything: only the TLS
 * engine knows what it takes, only the disk whether there is a folder for a log.
 */
final class StartTrial {

    private final TlsProvider tls;
    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private final Runtime runtime;
    private final AccessLogWriter accessLogs = AccessLogWriter.opensNothing(stats);
    private final Set<ConfigProblem> problems = new LinkedHashSet<>();

    /** All of them open to the end, for what they share is read once. */
    private final List<Runnable> closers = new ArrayList<>();

    private StartTrial(ProxyConfig config, TlsProvider tls) {
        this.tls = tls;
        this.runtime = Runtime.of(config.runtime(), stats.scope("runtime"));
    }

    /** What would keep the proxy from starting. */
    static List<ConfigProblem> problems(ProxyConfig config, TlsProvider tls) {
        StartTrial trial = new StartTrial(config, tls);
        try {
            config.clusters().forEach(trial::cluster);
            config.listeners().forEach(trial::listener);
            config.admin().ifPresent(trial::admin);
        } finally {
            trial.closers.forEach(Runnable::run);
            trial.stats.close();
        }
        if (trial.problems.isEmpty()) {
            trial.problems.addAll(
                    InProcess.builder(Unserved.without(config), tls).check());
        }
        return List.copyOf(trial.problems);
    }

    private void cluster(ClusterConfig cluster) {
        cluster.tls().ifPresent(config -> open(() -> tls.upstream(config, cluster.name())::close));
    }

    private void listener(ListenerConfig listener) {
        for (FilterChainConfig chain : listener.filterChains()) {
            chain.tls().ifPresent(config -> open(() -> tls.downstream(config, listener.statName())::close));
            if (chain.protocol() instanceof HttpConfig http) {
                logs(http.accessLogs());
            }
        }
        if (listener.bindToPort()) {
            socket("listener " + listener.statName(), listener.address());
        }
    }

    private void admin(AdminConfig admin) {
        logs(admin.accessLogs());
        socket("admin.address", admin.address());
    }

    private void logs(List<AccessLogConfig> logs) {
        for (AccessLogConfig log : logs) {
            open(() -> {
                accessLogs.open(List.of(log), runtime);
                return () -> {};
            });
        }
    }

    /** A folder is never made for a socket. */
    private void socket(String path, Address address) {
        if (address instanceof Address.Pipe pipe) {
            Path folder = pipe.path().toAbsolutePath().getParent();
            if (folder != null && !Files.isDirectory(folder)) {
                problems.add(ConfigProblem.error(
                        Source.NONE, path, address + ": no folder " + folder, "a folder that is there"));
            }
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
