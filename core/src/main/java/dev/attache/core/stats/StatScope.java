package dev.attache.core.stats;

import java.util.function.LongSupplier;

/**
 * Stats under a common prefix, such as {@code cluster.search.}; asking again for a name gives the same object. Ask when
 * the graph is built, never for each request. Safe for use by all threads.
 */
public final class StatScope {

    private final Stats stats;
    private final StatRoot root;
    private final String prefix;
    private final String familyPrefix;
    private final String labels;

    /**
     * A scope.
     *
     * @param root         what its stats come and go with
     * @param prefix       begin of full names, with its dot
     * @param familyPrefix the same without what the labels say
     * @param labels       Prometheus labels without braces
     */
    StatScope(Stats stats, StatRoot root, String prefix, String familyPrefix, String labels) {
        this.stats = stats;
        this.root = root;
        this.prefix = prefix;
        this.familyPrefix = familyPrefix;
        this.labels = labels;
    }

    /**
     * {@code prefix + name}; a name such as {@code upstream_rq_total}.
     *
     * @throws IllegalArgumentException when the name is that of another kind of stat; this holds for all kinds
     */
    public Counter counter(String name) {
        return stats.stat(root, named(name), Counter.class, Counter::new);
    }

    public Gauge gauge(String name) {
        return stats.stat(root, named(name), Gauge.class, Gauge::new);
    }

    /** A gauge that is read when it is looked at. The last supplier for a name wins. */
    public void gauge(String name, LongSupplier value) {
        stats.stat(root, named(name), SuppliedGauge.class, statName -> new SuppliedGauge(statName, value))
                .supplier(value);
    }

    public Histogram histogram(String name) {
        return stats.stat(
                root, named(name), Histogram.class, statName -> new Histogram(statName, stats.bounds(statName.full())));
    }

    /**
     * {@code prefix + name + "_200"} and so on, and {@code prefix + name + "_2xx"}; with {@code classesOnly} the latter
     * alone. In Prometheus: {@code name{response_code="200"}} and {@code name_xx{response_code_class="2"}}. Ask once: the
     * counters are shared with those of an earlier asking, but not the array that finds them.
     */
    public StatusCounters statuses(String name, boolean classesOnly) {
        StatusCounters counters = new StatusCounters(this, name, classesOnly);
        return classesOnly ? counters.withAllClasses() : counters;
    }

    /** A scope below this one, its name part of each stat's name: {@code circuit_breakers.default}. */
    public StatScope scope(String name) {
        String part = name.endsWith(".") ? name : name + ".";
        return new StatScope(stats, root, prefix + part, familyPrefix + part, labels);
    }

    /**
     * A scope below this one of which a part of the name is a label in Prometheus: {@code http.<value>.}, as in {@code
     * listener.127.0.0.1_6025.http.search_egress.downstream_rq_2xx}. In the value a colon becomes {@code _}.
     */
    public StatScope scope(String kind, String value, String label) {
        String safe = value.replace(':', '_');
        String own = StatName.label(label, safe);
        return new StatScope(
                stats,
                root,
                prefix + kind + "." + safe + ".",
                familyPrefix + kind + ".",
                labels.isEmpty() ? own : own + "," + labels);
    }

    /** A scope below this one, its name a label in Prometheus and nothing else. */
    public StatScope scope(String value, String label) {
        String safe = value.replace(':', '_');
        String own = StatName.label(label, safe);
        return new StatScope(
                stats, root, prefix + safe + ".", familyPrefix, labels.isEmpty() ? own : own + "," + labels);
    }

    /** A counter of which a part of the name is a label in Prometheus. */
    public Counter labelled(String name, String familyName, String label, String value) {
        String own = StatName.label(label, value);
        return stats.stat(
                root,
                new StatName(
                        prefix + name,
                        StatName.family(familyPrefix + familyName),
                        labels.isEmpty() ? own : own + "," + labels),
                Counter.class,
                Counter::new);
    }

    /** The same scope, whose stats come and go with {@code other}. */
    StatScope in(StatRoot other) {
        return new StatScope(stats, other, prefix, familyPrefix, labels);
    }

    StatRoot root() {
        return root;
    }

    /** Begin of the full names of all stats in this scope. */
    String prefix() {
        return prefix;
    }

    private StatName named(String name) {
        return new StatName(prefix + name, StatName.family(familyPrefix + name), labels);
    }
}
