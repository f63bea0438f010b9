package dev.attache.core.stats;

import com.codahale.metrics.Metric;
import java.util.concurrent.atomic.AtomicLong;

/** Goes up and down. Safe for use by all threads. */
public final class Gauge extends Stat {

    private final AtomicLong value = new AtomicLong();
    private final com.codahale.metrics.Gauge<Long> metric = this::value;
    private volatile boolean used;

    Gauge(StatName name) {
        super(name);
    }

    public void increment() {
        add(1);
    }

    public void decrement() {
        add(-1);
    }

    public void add(long n) {
        value.addAndGet(n);
        touch();
    }

    public void set(long changed) {
        value.set(changed);
        touch();
    }

    public long value() {
        return value.get();
    }

    private void touch() {
        if (!used) {
            used = true;
        }
    }

    @Override
    boolean used() {
        return used;
    }

    @Override
    Metric metric() {
        return metric;
    }
}
