package dev.attache.core.config;

/**
 * Limits on what a cluster carries at one time; a request above them is answered with 503.
 *
 * @param maxConnections connections; default 1024
 * @param maxPendingRequests requests that wait for a connection; default 1024
 * @param maxRequests requests in progress; default 1024
 * @param maxRetries retries in progress; default 3
 */
public record CircuitBreakerConfig(long maxConnections, long maxPendingRequests, long maxRequests, long maxRetries) {

    public CircuitBreakerConfig {
        Checks.range("max_connections", maxConnections, 0, 4294967295L);
        Checks.range("max_pending_requests", maxPendingRequests, 0, 4294967295L);
        Checks.range("max_requests", maxRequests, 0, 4294967295L);
        Checks.range("max_retries", maxRetries, 0, 4294967295L);
    }

    /** 1024, 1024, 1024, 3. */
    public static final CircuitBreakerConfig DEFAULT = builder().build();

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.maxConnections = maxConnections;
        builder.maxPendingRequests = maxPendingRequests;
        builder.maxRequests = maxRequests;
        builder.maxRetries = maxRetries;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private long maxConnections = 1024;
        private long maxPendingRequests = 1024;
        private long maxRequests = 1024;
        private long maxRetries = 3;

        private Builder() {}

        public Builder maxConnections(long value) {
            this.maxConnections = value;
            return this;
        }

        public Builder maxPendingRequests(long value) {
            this.maxPendingRequests = value;
            return this;
        }

        public Builder maxRequests(long value) {
            this.maxRequests = value;
            return this;
        }

        public Builder maxRetries(long value) {
            this.maxRetries = value;
            return this;
        }

        public CircuitBreakerConfig build() {
            return new CircuitBreakerConfig(maxConnections, maxPendingRequests, maxRequests, maxRetries);
        }
    }
}
