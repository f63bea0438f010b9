package dev.attache.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How stats are kept and where they are sent.
 *
 * @param histogramBuckets bounds by name, the first whose expression matches; others get Envoy's default bounds
 * @param graphite         reporting to Graphite; empty for none
 */
public record StatsConfig(List<Buckets> histogramBuckets, Optional<Graphite> graphite) {

    /** Envoy's default bounds, no sink. */
    public static final StatsConfig DEFAULT = new StatsConfig(List.of(), Optional.empty());

    public StatsConfig {
        histogramBuckets = List.copyOf(histogramBuckets);
    }

    /**
     * Bounds of some histograms.
     *
     * @param match  test of the full stat name
     * @param bounds upper bounds, ascending, in the histogram's unit
     */
    public record Buckets(StringMatch match, List<Double> bounds) {
        public Buckets {
            bounds = List.copyOf(bounds);
            if (bounds.isEmpty()) {
                throw new IllegalArgumentException("buckets: empty (expected: at least one bound)");
            }
            for (int i = 1; i < bounds.size(); i++) {
                if (bounds.get(i) <= bounds.get(i - 1)) {
                    throw new IllegalArgumentException("buckets: " + bounds + " (expected: ascending)");
                }
            }
        }
    }

    /**
     * A Graphite server (plain text protocol over TCP).
     *
     * @param address  host and port
     * @param prefix   put before each name; empty for none
     * @param interval time between reports; default 10 s
     */
    public record Graphite(Address.Socket address, String prefix, Duration interval) {
        public Graphite {
            if (interval.isZero() || interval.isNegative()) {
                throw new IllegalArgumentException("interval: " + interval + " (expected: more than zero)");
            }
        }
    }
}
