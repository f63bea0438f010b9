package dev.attache.core.stats;

import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import dev.attache.core.config.StatsConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All stats of one proxy. They are kept in a Dropwizard registry under their full names, which a host application may
 * bring and report from; where the configuration names a Graphite server, they are also reported to it. Safe for use by
 * all threads.
 *
 * <p>What a label says in Prometheus is known from the scope in which a stat is made, and never parsed out of its name.
 */
public final class Stats implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Stats.class);

    private final ConcurrentHashMap<String, Stat> byName = new ConcurrentHashMap<>();
    private final StatRoot permanent = new StatRoot("");
    private final Map<String, StatRoot> roots = new HashMap<>(); // Guarded by this.
    private final MetricRegistry registry;
    private final HistogramBounds bounds;
    private final @Nullable GraphiteSink graphite;

    private Stats(MetricRegistry registry, StatsConfig config) {
        this.registry = registry;
        this.bounds = new HistogramBounds(config.histogramBuckets());
        this.graphite = config.graphite()
                .map(graphiteConfig -> GraphiteSink.start(
                        graphiteConfig, registry, this::ours, scope("graphite").counter("report_failed")))
                .orElse(null);
    }

    /**
     * Stats in a registry of their own.
     *
     * @throws IllegalArgumentException when a regular expression for bucket bounds is none
     */
    public static Stats create(StatsConfig config) {
        return reportingTo(new MetricRegistry(), config);
    }

    /**
     * Stats that are kept in a host application's registry until {@link #close}. A name that is taken there is left
     * alone, and that one stat shown by the proxy itself only.
     *
     * @throws IllegalArgumentException when a regular expression for bucket bounds is none
     */
    public static Stats reportingTo(MetricRegistry registry, StatsConfig config) {
        return new Stats(registry, config);
    }

    /** {@code server.} */
    public StatScope server() {
        return scope("server");
    }

    /** {@code prefix.}, without labels: {@code runtime}, {@code cluster_manager}, {@code listener_manager}, {@code dns}, {@code access_logs}. */
    public StatScope scope(String prefix) {
        return new StatScope(this, permanent, prefix + ".", prefix + ".", "");
    }

    /** {@code cluster.<name>.}, label {@code envoy_cluster_name}. */
    public StatScope cluster(String name) {
        return labelled("cluster", name, "envoy_cluster_name");
    }

    /** {@code http.<statPrefix>.}, label {@code envoy_http_conn_manager_prefix}. */
    public StatScope http(String statPrefix) {
        return labelled("http", statPrefix, "envoy_http_conn_manager_prefix");
    }

    /** {@code listener.<address>.}, label {@code envoy_listener_address}; an address such as {@code 127.0.0.1:6025}. */
    public StatScope listener(String address) {
        return labelled("listener", address, "envoy_listener_address");
    }

    /** Sets all counters to zero; gauges and histograms stay. */
    public void resetCounters() {
        for (Stat stat : byName.values()) {
            if (stat instanceof Counter counter) {
                counter.reset();
            }
        }
    }

    /**
     * Says that a cluster, a listener or an HTTP prefix is in use: of what has a label of its own, the stats stay until it
     * has been {@linkplain #release released} as often.
     *
     * @param scope as made by {@link #cluster}, {@link #listener} or {@link #http}; all others stay in any case
     */
    public synchronized void retain(StatScope scope) {
        scope.root().users++;
    }

    /**
     * Says that one user less is there. With the last, all stats of the scope go, here and in the registry: the cluster or
     * listener is gone. Who still counts in them does so unseen; and who asks for the scope anew begins with zero.
     */
    public synchronized void release(StatScope scope) {
        StatRoot root = scope.root();
        if (root == permanent || root.gone || --root.users > 0) {
            return;
        }
        root.gone = true;
        roots.remove(root.prefix, root);
        for (String name : root.names) {
            Stat stat = byName.get(name);
            if (stat != null && roots.values().stream().noneMatch(other -> other.names.contains(name))) {
                byName.remove(name);
                withdraw(stat);
            }
        }
    }

    /** Stops reporting, and takes all stats out of the registry: the proxy that counted has ended. Idempotent. */
    @Override
    public void close() {
        if (graphite != null) {
            graphite.close();
        }
        for (Stat stat : byName.values()) {
            withdraw(stat);
        }
    }

    /** All stats, by name. */
    List<Stat> sorted() {
        List<Stat> all = new ArrayList<>(byName.values());
        all.sort(Comparator.comparing(stat -> stat.name().full()));
        return all;
    }

    double[] bounds(String histogram) {
        return bounds.of(histogram);
    }

    /** The stat of a name; made, and put into the registry, where it is new. */
    <T extends Stat> T stat(StatRoot root, StatName name, Class<T> kind, Function<StatName, T> maker) {
        Stat found = root.names.contains(name.full()) ? byName.get(name.full()) : null;
        if (found == null) {
            found = made(root, name, maker);
        }
        if (!kind.isInstance(found)) {
            throw new IllegalArgumentException(name.full() + ": is a "
                    + found.getClass().getSimpleName() + " (asked for as a " + kind.getSimpleName() + ")");
        }
        return kind.cast(found);
    }

    private synchronized <T extends Stat> Stat made(StatRoot root, StatName name, Function<StatName, T> maker) {
        if (root.gone) {
            return maker.apply(name);
        }
        root.names.add(name.full());
        return byName.computeIfAbsent(name.full(), absent -> publish(maker.apply(name)));
    }

    private <T extends Stat> T publish(T stat) {
        try {
            registry.register(stat.name().full(), stat.metric());
        } catch (IllegalArgumentException taken) {
            LOG.warn(
                    "stat {} is not reported: the registry has a metric of that name",
                    stat.name().full());
        }
        return stat;
    }

    private void withdraw(Stat stat) {
        String name = stat.name().full();
        if (stat.metric().equals(registry.getMetrics().get(name))) {
            registry.remove(name);
        }
    }

    private boolean ours(String name, Metric metric) {
        Stat stat = byName.get(name);
        return stat != null && stat.metric().equals(metric);
    }

    private synchronized StatScope labelled(String kind, String name, String label) {
        StatScope none = new StatScope(this, permanent, "", "", "").scope(kind, name, label);
        return none.in(roots.computeIfAbsent(none.prefix(), StatRoot::new));
    }
}
