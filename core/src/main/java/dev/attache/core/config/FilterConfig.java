package dev.attache.core.config;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** One HTTP filter of a listener, in the order in which requests pass. The router at the end is not listed. */
public sealed interface FilterConfig {

    /**
     * Aborts a share of the requests.
     *
     * @param abortStatus     status of the answer
     * @param fraction        share of requests
     * @param maxActiveFaults faults in progress at most; 0 means no limit
     */
    record Fault(int abortStatus, RuntimeFraction fraction, long maxActiveFaults) implements FilterConfig {}

    /**
     * Asks a rate limit service before a request goes on.
     *
     * @param domain                        domain of the descriptors
     * @param cluster                       cluster of the gRPC service
     * @param timeout                       limit of one question; default 20 ms
     * @param failureModeDeny               refuses requests while the service cannot be asked; default false
     * @param rateLimitedAsResourceExhausted gRPC status 8 instead of 14; default false
     * @param xRateLimitHeaders             sends x-ratelimit-* headers; default false
     */
    record RateLimit(
            String domain,
            String cluster,
            Duration timeout,
            boolean failureModeDeny,
            boolean rateLimitedAsResourceExhausted,
            boolean xRateLimitHeaders)
            implements FilterConfig {}

    /**
     * Counts gRPC calls and their messages.
     *
     * @param allMethods   each method has stats of its own; default false: those of a cluster are counted together
     * @param methods      methods that have stats of their own, by the full name of their service
     * @param upstreamTime also how long the upstream took; default false
     * @param replaceDots  {@code _} for the dots in the names of services; default false
     */
    record GrpcStats(boolean allMethods, Map<String, Set<String>> methods, boolean upstreamTime, boolean replaceDots)
            implements FilterConfig {
        public GrpcStats {
            methods = Map.copyOf(methods);
        }
    }

    /**
     * A filter made by a {@code FilterFactory} of the host application.
     *
     * @param name name under which the factory is registered
     */
    record Extension(String name) implements FilterConfig {}
}
