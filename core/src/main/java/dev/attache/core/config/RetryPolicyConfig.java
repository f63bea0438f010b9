package dev.attache.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How often a failed attempt is repeated. Values equal Envoy's RetryPolicy.
 *
 * @param retryOn outcomes worth another attempt, by Envoy's names (5xx, gateway-error, reset, connect-failure,
 *         retriable-4xx, refused-stream, retriable-status-codes, retriable-headers, ...) or {@link #RECONNECT}'s; empty
 *         means never; unknown names never match
 * @param numRetries further attempts after the first, 0 or more; default 1
 * @param perTryTimeout limit of one attempt until response headers; zero means the route timeout alone
 * @param perTryIdleTimeout limit of silence from the upstream within an attempt; zero is off
 * @param retriableStatusCodes statuses for retriable-status-codes
 * @param retriableHeaders response headers for retriable-headers
 * @param retriableRequestHeaders if not empty, the request must match one to be retried at all
 * @param baseInterval base of the fully jittered exponential back-off; default 25 ms
 * @param maxInterval ceiling of the back-off; default ten times the base
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on">Envoy retry_on</a>
 */
public record RetryPolicyConfig(
        Set<String> retryOn,
        int numRetries,
        Duration perTryTimeout,
        Duration perTryIdleTimeout,
        Set<Integer> retriableStatusCodes,
        List<HeaderMatch> retriableHeaders,
        List<HeaderMatch> retriableRequestHeaders,
        Duration baseInterval,
        Duration maxInterval) {

    public RetryPolicyConfig {
        retryOn = java.util.Collections.unmodifiableSet(new java.util.LinkedHashSet<>(retryOn));
        Checks.notNegative("perTryTimeout", perTryTimeout);
        Checks.notNegative("perTryIdleTimeout", perTryIdleTimeout);
        retriableStatusCodes =
                java.util.Collections.unmodifiableSet(new java.util.LinkedHashSet<>(retriableStatusCodes));
        retriableHeaders = List.copyOf(retriableHeaders);
        retriableRequestHeaders = List.copyOf(retriableRequestHeaders);
        Checks.notNegative("baseInterval", baseInterval);
        Checks.notNegative("maxInterval", maxInterval);
        Checks.range("num_retries", numRetries, 0, Integer.MAX_VALUE);
    }

    /** Never retries by itself; a request's own headers may still ask for it. */
    public static final RetryPolicyConfig NONE = builder().numRetries(0).build();

    /**
     * What is done where neither route nor virtual host has a policy: one more attempt where no connection came about,
     * which is refused, reset or unreachable; after a timeout only where there is another endpoint. Nothing of a request
     * is sent by then, so that every request may be repeated. Files in Envoy's form and in Wikimedia's have {@link #NONE}
     * instead.
     */
    public static final RetryPolicyConfig RECONNECT =
            builder().retryOn(Set.of("reconnect")).build();

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.retryOn = retryOn;
        builder.numRetries = numRetries;
        builder.perTryTimeout = perTryTimeout;
        builder.perTryIdleTimeout = perTryIdleTimeout;
        builder.retriableStatusCodes = retriableStatusCodes;
        builder.retriableHeaders = retriableHeaders;
        builder.retriableRequestHeaders = retriableRequestHeaders;
        builder.baseInterval = baseInterval;
        builder.maxInterval = maxInterval;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private Set<String> retryOn = Set.of();
        private int numRetries = 1;
        private Duration perTryTimeout = Duration.ZERO;
        private Duration perTryIdleTimeout = Duration.ZERO;
        private Set<Integer> retriableStatusCodes = Set.of();
        private List<HeaderMatch> retriableHeaders = List.of();
        private List<HeaderMatch> retriableRequestHeaders = List.of();
        private Duration baseInterval = Duration.ofMillis(25);
        private Duration maxInterval = Duration.ofMillis(250);

        private Builder() {}

        public Builder retryOn(Set<String> value) {
            this.retryOn = value;
            return this;
        }

        public Builder numRetries(int value) {
            this.numRetries = value;
            return this;
        }

        public Builder perTryTimeout(Duration value) {
            this.perTryTimeout = value;
            return this;
        }

        public Builder perTryIdleTimeout(Duration value) {
            this.perTryIdleTimeout = value;
            return this;
        }

        public Builder retriableStatusCodes(Set<Integer> value) {
            this.retriableStatusCodes = value;
            return this;
        }

        public Builder retriableHeaders(List<HeaderMatch> value) {
            this.retriableHeaders = value;
            return this;
        }

        public Builder retriableRequestHeaders(List<HeaderMatch> value) {
            this.retriableRequestHeaders = value;
            return this;
        }

        public Builder baseInterval(Duration value) {
            this.baseInterval = value;
            return this;
        }

        public Builder maxInterval(Duration value) {
            this.maxInterval = value;
            return this;
        }

        public RetryPolicyConfig build() {
            return new RetryPolicyConfig(
                    retryOn,
                    numRetries,
                    perTryTimeout,
                    perTryIdleTimeout,
                    retriableStatusCodes,
                    retriableHeaders,
                    retriableRequestHeaders,
                    baseInterval,
                    maxInterval);
        }
    }
}
