package dev.attache.core.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How often a name is looked up again. Never on a request's thread.
 *
 * @param rate after a success; more than 1 ms; default 5 s
 * @param respectTtl after the records' lowest TTL instead, where that is not 0; default false
 * @param jitter a random time up to this is added; default none
 * @param failureBase first wait after a failure, doubled each time; empty means the rate
 * @param failureMax longest wait after failures; empty means ten times the first
 * @param emptyGrace how long the last addresses are kept while the answers name none, before the cluster is emptied;
 *         default 30 s in the native form, zero (at once) in Envoy's; a failed look-up empties nothing however long
 * @param family addresses taken; default IPv4 before IPv6 in the native form, as the JDK does, and AUTO in Envoy's
 */
public record DnsRefreshConfig(
        Duration rate,
        boolean respectTtl,
        Duration jitter,
        Optional<Duration> failureBase,
        Optional<Duration> failureMax,
        Duration emptyGrace,
        DnsFamily family) {

    public DnsRefreshConfig {
        Checks.notNegative("rate", rate);
        Checks.notNegative("jitter", jitter);
        Checks.notNegative("emptyGrace", emptyGrace);
        if (rate.compareTo(Duration.ofMillis(1)) <= 0) {
            throw new IllegalArgumentException("dns_refresh_rate: " + rate + " (expected: more than 1 ms)");
        }
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.rate = rate;
        builder.respectTtl = respectTtl;
        builder.jitter = jitter;
        builder.failureBase = failureBase;
        builder.failureMax = failureMax;
        builder.emptyGrace = emptyGrace;
        builder.family = family;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private Duration rate = Duration.ofSeconds(5);
        private boolean respectTtl = false;
        private Duration jitter = Duration.ZERO;
        private Optional<Duration> failureBase = Optional.empty();
        private Optional<Duration> failureMax = Optional.empty();
        private Duration emptyGrace = Duration.ofSeconds(30);
        private DnsFamily family = DnsFamily.V4_PREFERRED;

        private Builder() {}

        public Builder rate(Duration value) {
            this.rate = value;
            return this;
        }

        public Builder respectTtl(boolean value) {
            this.respectTtl = value;
            return this;
        }

        public Builder jitter(Duration value) {
            this.jitter = value;
            return this;
        }

        public Builder failureBase(Duration value) {
            this.failureBase = Optional.of(value);
            return this;
        }

        public Builder failureMax(Duration value) {
            this.failureMax = Optional.of(value);
            return this;
        }

        public Builder emptyGrace(Duration value) {
            this.emptyGrace = value;
            return this;
        }

        public Builder family(DnsFamily value) {
            this.family = value;
            return this;
        }

        public DnsRefreshConfig build() {
            return new DnsRefreshConfig(rate, respectTtl, jitter, failureBase, failureMax, emptyGrace, family);
        }
    }
}
