package dev.attache.core.stats;

import com.codahale.metrics.Metric;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The distribution of times: recorded in nanoseconds, shown in milliseconds. Counts per bucket are exact and cumulative
 * since the start; quantiles are interpolated within a bucket, so their error is at most the width of one. Safe for use
 * by all threads, without locks.
 */
public final class Histogram extends Stat {

    private final double[] bounds;
    private final long[] limits;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();
    private final AtomicLong max = new AtomicLong();
    private final Metric metric = new PublishedHistogram(this);

    Histogram(StatName name, double[] boundsMillis) {
        super(name);
        bounds = boundsMillis;
        limits = new long[bounds.length];
        Arrays.setAll(limits, i -> Math.round(bounds[i] * 1e6));
        counts = new LongAdder[bounds.length + 1];
        Arrays.setAll(counts, i -> new LongAdder());
    }

    /** Records one duration, in nanoseconds; less than zero counts as zero. */
    public void recordNanos(long nanos) {
        long recorded = Math.max(0, nanos);
        int bucket = 0;
        while (bucket < limits.length && recorded > limits[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(recorded);
        if (recorded > max.get()) {
            max.accumulateAndGet(recorded, Math::max);
        }
    }

    /** How many durations were recorded. */
    public long count() {
        long count = 0;
        for (LongAdder bucket : counts) {
            count += bucket.sum();
        }
        return count;
    }

    HistogramSnapshot snapshot() {
        long[] counted = new long[counts.length];
        Arrays.setAll(counted, i -> counts[i].sum());
        return new HistogramSnapshot(bounds, counted, sum.sum(), max.get());
    }

    @Override
    boolean used() {
        return count() != 0;
    }

    @Override
    Metric metric() {
        return metric;
    }
}
