package dev.attache.core.policy;

import java.time.Duration;

/**
 * Exponential back-off with full jitter: before the N-th retry a time evenly spread over [0, min(base * (2^N - 1), max)).
 *
 * @param baseNanos base; zero waits never
 * @param maxNanos  ceiling, at least the base
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-max-retries">Envoy
 *     retry back-off</a>
 */
record Backoff(long baseNanos, long maxNanos) {

    static Backoff of(Duration base, Duration max) {
        Duration ceiling = max.compareTo(base) < 0 ? base : max;
        return new Backoff(base.toNanos(), ceiling.toNanos());
    }

    /**
     * The wait before a retry.
     *
     * @param retry  1 for the first
     * @param random any value, evenly spread
     */
    long nanos(int retry, long random) {
        long bound = bound(retry);
        return bound == 0 ? 0 : Math.floorMod(random, bound);
    }

    /** What the wait stays below; 0 for no wait. */
    long bound(int retry) {
        // Beyond 2^31 times any base the ceiling is reached long since; before, nothing overflows without being seen.
        long factor = (1L << Math.min(retry, 31)) - 1;
        long product = baseNanos * factor;
        boolean overflow = factor != 0 && product / factor != baseNanos;
        return overflow || product > maxNanos ? maxNanos : product;
    }
}
