package dev.attache.core.stats;

import com.codahale.metrics.Metric;
import java.util.function.LongSupplier;

/** A gauge that is read when it is looked at. Counts as used from the first look that finds more than zero. */
final class SuppliedGauge extends Stat {

    private volatile LongSupplier supplier;
    private final com.codahale.metrics.Gauge<Long> metric = this::value;
    private volatile boolean used;

    SuppliedGauge(StatName name, LongSupplier supplier) {
        super(name);
        this.supplier = supplier;
    }

    void supplier(LongSupplier changed) {
        supplier = changed;
    }

    long value() {
        return supplier.getAsLong();
    }

    @Override
    boolean used() {
        if (!used && value() != 0) {
            used = true;
        }
        return used;
    }

    @Override
    Metric metric() {
        return metric;
    }
}
