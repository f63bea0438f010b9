package dev.attache.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Forwards to one cluster, or to several by weight.
 *
 * @param clusters one, or several by weight; at least one, weights with a sum above zero
 * @param runtimeKeyPrefix runtime keys prefix.cluster override the weights; empty for none
 * @param timeout from the complete request to the end of the response, retries included; zero is off; default 15 s
 * @param idleTimeout silence of a stream in both directions; zero is off; empty means the listener's stream idle
 *         timeout
 * @param retry retry policy; empty means the virtual host's, if any
 * @param host change of the authority
 * @param path change of the path; none, prefix or regex
 * @param appendXForwardedHost notes the original authority in x-forwarded-host when it is changed; default false
 * @param highPriority uses the circuit breakers of high priority; default false
 * @param bodyBufferLimitBytes bytes of a request body that are kept for retries; empty means the listener's
 *         connection buffer limit
 * @param upgrades upgrade types (lower case) allowed or refused here against the listener's list
 * @param connect the tunnel of a CONNECT request ends here: its bytes go to the cluster as they are; default false, where
 *         the request itself goes there
 * @param rateLimits descriptors for the rate limit filter
 * @param streamDuration limit of a whole stream, which takes the place of the timeout; empty means none
 * @param grpcTimeout what a gRPC request says of its time, in the place of the timeout; empty passes it over
 */
public record ForwardConfig(
        List<RouteAction.WeightedCluster> clusters,
        String runtimeKeyPrefix,
        Duration timeout,
        Optional<Duration> idleTimeout,
        Optional<RetryPolicyConfig> retry,
        RouteAction.HostRewrite host,
        RouteAction.PathRewrite path,
        boolean appendXForwardedHost,
        boolean highPriority,
        Optional<Long> bodyBufferLimitBytes,
        Map<String, Boolean> upgrades,
        boolean connect,
        List<RateLimitAction> rateLimits,
        Optional<StreamDurationConfig> streamDuration,
        Optional<GrpcTimeoutConfig> grpcTimeout)
        implements RouteAction {

    public ForwardConfig {
        clusters = List.copyOf(clusters);
        Checks.notNegative("timeout", timeout);
        upgrades = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(upgrades));
        rateLimits = List.copyOf(rateLimits);
        long sum =
                clusters.stream().mapToLong(RouteAction.WeightedCluster::weight).sum();
        if (sum <= 0) {
            throw new IllegalArgumentException("clusters: weights sum to " + sum + " (expected: more than 0)");
        }
    }

    /** A builder that forwards everything to one cluster. */
    public static Builder to(String cluster) {
        return builder(List.of(new RouteAction.WeightedCluster(cluster, 1, HeaderMutations.NONE)));
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(List<RouteAction.WeightedCluster> clusters) {
        return new Builder(clusters);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(clusters);
        builder.runtimeKeyPrefix = runtimeKeyPrefix;
        builder.timeout = timeout;
        builder.idleTimeout = idleTimeout;
        builder.retry = retry;
        builder.host = host;
        builder.path = path;
        builder.appendXForwardedHost = appendXForwardedHost;
        builder.highPriority = highPriority;
        builder.bodyBufferLimitBytes = bodyBufferLimitBytes;
        builder.upgrades = upgrades;
        builder.connect = connect;
        builder.rateLimits = rateLimits;
        builder.streamDuration = streamDuration;
        builder.grpcTimeout = grpcTimeout;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private List<RouteAction.WeightedCluster> clusters;
        private String runtimeKeyPrefix = "";
        private Duration timeout = Duration.ofSeconds(15);
        private Optional<Duration> idleTimeout = Optional.empty();
        private Optional<RetryPolicyConfig> retry = Optional.empty();
        private RouteAction.HostRewrite host = new RouteAction.HostRewrite.None();
        private RouteAction.PathRewrite path = new RouteAction.PathRewrite.None();
        private boolean appendXForwardedHost = false;
        private boolean highPriority = false;
        private Optional<Long> bodyBufferLimitBytes = Optional.empty();
        private Map<String, Boolean> upgrades = Map.of();
        private boolean connect = false;
        private List<RateLimitAction> rateLimits = List.of();
        private Optional<StreamDurationConfig> streamDuration = Optional.empty();
        private Optional<GrpcTimeoutConfig> grpcTimeout = Optional.empty();

        private Builder(List<RouteAction.WeightedCluster> clusters) {
            this.clusters = clusters;
        }

        public Builder clusters(List<RouteAction.WeightedCluster> value) {
            this.clusters = value;
            return this;
        }

        public Builder runtimeKeyPrefix(String value) {
            this.runtimeKeyPrefix = value;
            return this;
        }

        public Builder timeout(Duration value) {
            this.timeout = value;
            return this;
        }

        public Builder idleTimeout(Duration value) {
            this.idleTimeout = Optional.of(value);
            return this;
        }

        public Builder retry(RetryPolicyConfig value) {
            this.retry = Optional.of(value);
            return this;
        }

        public Builder host(RouteAction.HostRewrite value) {
            this.host = value;
            return this;
        }

        public Builder path(RouteAction.PathRewrite value) {
            this.path = value;
            return this;
        }

        public Builder appendXForwardedHost(boolean value) {
            this.appendXForwardedHost = value;
            return this;
        }

        public Builder highPriority(boolean value) {
            this.highPriority = value;
            return this;
        }

        public Builder bodyBufferLimitBytes(Long value) {
            this.bodyBufferLimitBytes = Optional.of(value);
            return this;
        }

        public Builder upgrades(Map<String, Boolean> value) {
            this.upgrades = value;
            return this;
        }

        public Builder connect(boolean value) {
            this.connect = value;
            return this;
        }

        public Builder rateLimits(List<RateLimitAction> value) {
            this.rateLimits = value;
            return this;
        }

        public Builder streamDuration(StreamDurationConfig value) {
            this.streamDuration = Optional.of(value);
            return this;
        }

        public Builder grpcTimeout(GrpcTimeoutConfig value) {
            this.grpcTimeout = Optional.of(value);
            return this;
        }

        public ForwardConfig build() {
            return new ForwardConfig(
                    clusters,
                    runtimeKeyPrefix,
                    timeout,
                    idleTimeout,
                    retry,
                    host,
                    path,
                    appendXForwardedHost,
                    highPriority,
                    bodyBufferLimitBytes,
                    upgrades,
                    connect,
                    rateLimits,
                    streamDuration,
                    grpcTimeout);
        }
    }
}
