package dev.attache.core.config;

import java.time.Duration;

/**
 * Stops calling a cluster while too many of its answers fail; Envoy has nothing like it.
 *
 * @param failureRatePercent share of failed requests (5xx or no answer) that opens the breaker, 1 to 100
 * @param minRequests requests within the window before the share counts, 1 or more
 * @param window time over which requests are counted
 * @param delay time that the breaker stays open before it tries again
 * @param probes requests let through to try, all of which must succeed to close it, 1 or more
 */
public record FailureBreakerConfig(
        int failureRatePercent, int minRequests, Duration window, Duration delay, int probes) {

    public FailureBreakerConfig {
        Checks.notNegative("window", window);
        Checks.notNegative("delay", delay);
        Checks.range("failure_rate", failureRatePercent, 1, 100);
        Checks.range("min_requests", minRequests, 1, Integer.MAX_VALUE);
        Checks.range("probes", probes, 1, Integer.MAX_VALUE);
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.failureRatePercent = failureRatePercent;
        builder.minRequests = minRequests;
        builder.window = window;
        builder.delay = delay;
        builder.probes = probes;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private int failureRatePercent = 50;
        private int minRequests = 20;
        private Duration window = Duration.ofSeconds(10);
        private Duration delay = Duration.ofSeconds(5);
        private int probes = 1;

        private Builder() {}

        public Builder failureRatePercent(int value) {
            this.failureRatePercent = value;
            return this;
        }

        public Builder minRequests(int value) {
            this.minRequests = value;
            return this;
        }

        public Builder window(Duration value) {
            this.window = value;
            return this;
        }

        public Builder delay(Duration value) {
            this.delay = value;
            return this;
        }

        public Builder probes(int value) {
            this.probes = value;
            return this;
        }

        public FailureBreakerConfig build() {
            return new FailureBreakerConfig(failureRatePercent, minRequests, window, delay, probes);
        }
    }
}
