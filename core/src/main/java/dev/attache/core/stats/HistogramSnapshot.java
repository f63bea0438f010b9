package dev.attache.core.stats;

import java.util.List;

/** What a histogram held at one moment. */
final class HistogramSnapshot {

    /** The percentiles that are shown. */
    static final List<Double> PERCENTS = List.of(0.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 100.0);

    private final double[] bounds;
    private final long[] counts;
    private final long sumNanos;
    private final double maxMillis;
    private final long count;

    HistogramSnapshot(double[] bounds, long[] counts, long sumNanos, long maxNanos) {
        this.bounds = bounds;
        this.counts = counts;
        this.sumNanos = sumNanos;
        this.maxMillis = maxNanos / 1e6;
        long all = 0;
        for (long each : counts) {
            all += each;
        }
        this.count = all;
    }

    long count() {
        return count;
    }

    /** Buckets, that without an upper bound included. */
    int buckets() {
        return counts.length;
    }

    /** Upper bound of a bucket in milliseconds; infinite for the last. */
    double bound(int bucket) {
        return bucket < bounds.length ? bounds[bucket] : Double.POSITIVE_INFINITY;
    }

    long count(int bucket) {
        return counts[bucket];
    }

    long sumNanos() {
        return sumNanos;
    }

    double maxMillis() {
        return maxMillis;
    }

    double meanMillis() {
        return count == 0 ? 0 : sumNanos / 1e6 / count;
    }

    /** The value in milliseconds below which a part of {@code quantile} lies, 0 to 1; 0 when nothing was recorded. */
    double quantile(double quantile) {
        double rank = quantile * count;
        long before = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            if (counts[bucket] == 0) {
                continue;
            }
            if (before + counts[bucket] >= rank) {
                double from = bucket == 0 ? 0 : bounds[bucket - 1];
                double to = Math.min(bound(bucket), Math.max(from, maxMillis));
                return from + (to - from) * Math.max(0, rank - before) / counts[bucket];
            }
            before += counts[bucket];
        }
        return maxMillis;
    }
}
