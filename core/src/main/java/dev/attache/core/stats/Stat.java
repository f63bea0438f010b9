package dev.attache.core.stats;

import com.codahale.metrics.Metric;

/** One named stat. */
abstract sealed class Stat permits Counter, Gauge, Histogram, SuppliedGauge {

    private final StatName name;

    Stat(StatName name) {
        this.name = name;
    }

    final StatName name() {
        return name;
    }

    /** Whether it was ever touched; {@code usedonly} leaves out those that were not. */
    abstract boolean used();

    /** How it is shown in the registry of the metrics library; always the same object. */
    abstract Metric metric();
}
