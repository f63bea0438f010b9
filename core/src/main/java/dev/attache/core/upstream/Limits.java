package dev.attache.core.upstream;

import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.stats.StatScope;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a cluster may carry at one time, with exact counts: a permit is taken before and given back after, never checked
 * and then counted. Safe for use by all threads.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking">Envoy circuit
 *     breaking</a>
 */
public final class Limits {

    /** One limit. */
    public static final class Limit {
        private final long max;
        private final AtomicLong used = new AtomicLong();

        Limit(long max) {
            this.max = max;
        }

        /** Takes one permit, if there is one. */
        public boolean tryAcquire() {
            // Never above max, not even for a moment: that would refuse another caller for nothing.
            long now = used.get();
            while (now < max) {
                long seen = used.compareAndExchange(now, now + 1);
                if (seen == now) {
                    return true;
                }
                now = seen;
            }
            return false;
        }

        /** Gives one permit back. */
        public void release() {
            used.decrementAndGet();
        }

        public long used() {
            return used.get();
        }

        public long max() {
            return max;
        }

        boolean open() {
            return used.get() >= max;
        }
    }

    private final Limit connections;
    private final Limit pending;
    private final Limit requests;
    private final Limit retries;

    /** Limits of a configuration, {@linkplain #show shown} at once. */
    public Limits(CircuitBreakerConfig config, StatScope scope) {
        this(config);
        show(scope);
    }

    /** Limits of a configuration, of which nothing is used. */
    Limits(CircuitBreakerConfig config) {
        connections = new Limit(config.maxConnections());
        pending = new Limit(config.maxPendingRequests());
        requests = new Limit(config.maxRequests());
        retries = new Limit(config.maxRetries());
    }

    /** Shows which of them are reached; {@code scope} is {@code circuit_breakers.default} or {@code .high} of the cluster. */
    void show(StatScope scope) {
        scope.gauge("cx_open", () -> connections.open() ? 1 : 0);
        scope.gauge("rq_pending_open", () -> pending.open() ? 1 : 0);
        scope.gauge("rq_open", () -> requests.open() ? 1 : 0);
        scope.gauge("rq_retry_open", () -> retries.open() ? 1 : 0);
    }

    public Limit connections() {
        return connections;
    }

    public Limit pending() {
        return pending;
    }

    public Limit requests() {
        return requests;
    }

    public Limit retries() {
        return retries;
    }
}
