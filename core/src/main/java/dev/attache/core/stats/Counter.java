package dev.attache.core.stats;

import com.codahale.metrics.Metric;

/** Counts up. Safe for use by all threads. */
public final class Counter extends Stat {

    private final com.codahale.metrics.Counter count = new com.codahale.metrics.Counter();
    private volatile boolean usedBeforeReset;

    Counter(StatName name) {
        super(name);
    }

    public void increment() {
        count.inc();
    }

    public void add(long n) {
        count.inc(n);
    }

    public long value() {
        return count.getCount();
    }

    /** Back to zero; what is counted meanwhile is kept. */
    void reset() {
        long counted = count.getCount();
        if (counted != 0) {
            usedBeforeReset = true;
            count.dec(counted);
        }
    }

    @Override
    boolean used() {
        return usedBeforeReset || value() != 0;
    }

    @Override
    Metric metric() {
        return count;
    }
}
