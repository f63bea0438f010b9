package dev.attache.core.upstream;

import dev.attache.core.config.DnsRefreshConfig;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** When a name is looked up again. For one thread. */
final class RefreshSchedule {

    private final DnsRefreshConfig config;
    private final RandomGenerator random;
    private final Duration failureBase;
    private final Duration failureMax;
    private Duration nextFailure;

    RefreshSchedule(DnsRefreshConfig config, RandomGenerator random) {
        this.config = config;
        this.random = random;
        this.failureBase = config.failureBase().orElse(config.rate());
        // Without a rate of their own, failures are repeated at the rate of successes.
        this.failureMax = config.failureBase().isEmpty()
                ? failureBase
                : config.failureMax().orElse(failureBase.multipliedBy(10));
        this.nextFailure = failureBase;
    }

    /**
     * The wait after an answer.
     *
     * @param ttl lowest time to live of the answer; zero where it says nothing
     */
    Duration afterAnswer(Duration ttl) {
        nextFailure = failureBase;
        Duration wait = config.respectTtl() && ttl.isPositive() ? ttl : config.rate();
        return config.jitter().isPositive()
                ? wait.plusNanos(random.nextLong(config.jitter().toNanos()))
                : wait;
    }

    /** The wait after a failure: twice as long each time, up to the maximum. */
    Duration afterFailure() {
        Duration wait = min(nextFailure, failureMax);
        nextFailure = min(wait.multipliedBy(2), failureMax);
        return wait;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
