package dev.attache.core.upstream;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Gauge;
import dev.attache.core.stats.StatScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The clusters of one configuration, by name. The next configuration gets a manager of its own, which takes over the
 * clusters whose configuration is the same, with their connections, and {@linkplain #closeAllBut then} the old one
 * closes the rest. Immutable; safe for use by all threads.
 */
public final class ClusterManager implements AutoCloseable {

    private final Map<String, Cluster> clusters;
    private final Gauge active;
    private final Gauge warming;
    private final Counter removed;

    /**
     * The clusters of a configuration; those that are new have not begun yet.
     *
     * @param previous clusters to take over; null where there are none
     * @param maker    makes a new cluster; what it throws is thrown on, after those made before were closed
     * @param scope    {@code cluster_manager.}
     */
    public ClusterManager(
            Collection<ClusterConfig> configs,
            @Nullable ClusterManager previous,
            Function<ClusterConfig, Cluster> maker,
            StatScope scope) {
        active = scope.gauge("active_clusters");
        warming = scope.gauge("warming_clusters");
        removed = scope.counter("cluster_removed");
        clusters = Collections.unmodifiableMap(make(configs, previous, maker, scope));
    }

    private static Map<String, Cluster> make(
            Collection<ClusterConfig> configs,
            @Nullable ClusterManager previous,
            Function<ClusterConfig, Cluster> maker,
            StatScope scope) {
        Counter added = scope.counter("cluster_added");
        Counter modified = scope.counter("cluster_modified");
        Map<String, Cluster> made = new LinkedHashMap<>();
        try {
            for (ClusterConfig config : configs) {
                Cluster old = previous == null ? null : previous.cluster(config.name());
                if (old != null && old.config().equals(config)) {
                    made.put(config.name(), old);
                } else {
                    made.put(config.name(), maker.apply(config));
                    (old == null ? added : modified).increment();
                }
            }
        } catch (RuntimeException e) {
            closeAll(made.values(), previous);
            throw e;
        }
        return made;
    }

    /** The cluster of a name; null where there is none. */
    public @Nullable Cluster cluster(String name) {
        return clusters.get(name);
    }

    /** All clusters, in the order of the configuration. */
    public Collection<Cluster> clusters() {
        return clusters.values();
    }

    /** Begins discovery in every cluster where it has not begun. */
    public void start() {
        active.set(clusters.size());
        warming.set(clusters.size());
        clusters.values().forEach(Cluster::start);
    }

    /**
     * Waits until every cluster has had its first answer, good or bad.
     *
     * @return the clusters that had none in time; empty when all is well
     */
    public List<Cluster> awaitReady(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        List<Cluster> late = new ArrayList<>();
        for (Cluster cluster : clusters.values()) {
            if (!cluster.awaitReady(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                late.add(cluster);
            }
        }
        warming.set(late.size());
        return late;
    }

    /** Closes the clusters that the next manager has not taken over. */
    public void closeAllBut(ClusterManager next) {
        for (String name : clusters.keySet()) {
            if (next.cluster(name) == null) {
                removed.increment();
            }
        }
        closeAll(clusters.values(), next);
    }

    private static void closeAll(Collection<Cluster> clusters, @Nullable ClusterManager spared) {
        for (Cluster cluster : clusters) {
            if (spared == null || spared.cluster(cluster.config().name()) != cluster) {
                cluster.close();
            }
        }
    }

    /** Closes every cluster. */
    @Override
    public void close() {
        closeAll(clusters.values(), null);
        active.set(0);
        warming.set(0);
    }
}
