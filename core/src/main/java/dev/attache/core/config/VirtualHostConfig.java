package dev.attache.core.config;

import java.util.List;
import java.util.Optional;

/**
 * The routes of a set of domains.
 *
 * @param name name for stats and logs
 * @param domains exact, *.suffix, prefix.*, or *; each may carry a port, or * for any; lower case; exact wins over
 *         the longest suffix, then the longest prefix, then *
 * @param routes in the order in which they are tried
 * @param requireTls whose requests are redirected to TLS; default none
 * @param headers header changes
 * @param retry retry policy of routes without one of their own
 * @param includeRequestAttemptCount sends x-envoy-attempt-count upstream; default false
 * @param includeAttemptCountInResponse sends x-envoy-attempt-count downstream; default false
 * @param rateLimits descriptors for the rate limit filter
 */
public record VirtualHostConfig(
        String name,
        List<String> domains,
        List<RouteConfig> routes,
        TlsRequirement requireTls,
        HeaderMutations headers,
        Optional<RetryPolicyConfig> retry,
        boolean includeRequestAttemptCount,
        boolean includeAttemptCountInResponse,
        List<RateLimitAction> rateLimits) {

    public VirtualHostConfig {
        domains = List.copyOf(domains);
        routes = List.copyOf(routes);
        rateLimits = List.copyOf(rateLimits);
        if (domains.isEmpty()) {
            throw new IllegalArgumentException("domains: empty (expected: at least one)");
        }
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(String name, List<String> domains, List<RouteConfig> routes) {
        return new Builder(name, domains, routes);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(name, domains, routes);
        builder.requireTls = requireTls;
        builder.headers = headers;
        builder.retry = retry;
        builder.includeRequestAttemptCount = includeRequestAttemptCount;
        builder.includeAttemptCountInResponse = includeAttemptCountInResponse;
        builder.rateLimits = rateLimits;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private String name;
        private List<String> domains;
        private List<RouteConfig> routes;
        private TlsRequirement requireTls = TlsRequirement.NONE;
        private HeaderMutations headers = HeaderMutations.NONE;
        private Optional<RetryPolicyConfig> retry = Optional.empty();
        private boolean includeRequestAttemptCount = false;
        private boolean includeAttemptCountInResponse = false;
        private List<RateLimitAction> rateLimits = List.of();

        private Builder(String name, List<String> domains, List<RouteConfig> routes) {
            this.name = name;
            this.domains = domains;
            this.routes = routes;
        }

        public Builder name(String value) {
            this.name = value;
            return this;
        }

        public Builder domains(List<String> value) {
            this.domains = value;
            return this;
        }

        public Builder routes(List<RouteConfig> value) {
            this.routes = value;
            return this;
        }

        public Builder requireTls(TlsRequirement value) {
            this.requireTls = value;
            return this;
        }

        public Builder headers(HeaderMutations value) {
            this.headers = value;
            return this;
        }

        public Builder retry(RetryPolicyConfig value) {
            this.retry = Optional.of(value);
            return this;
        }

        public Builder includeRequestAttemptCount(boolean value) {
            this.includeRequestAttemptCount = value;
            return this;
        }

        public Builder includeAttemptCountInResponse(boolean value) {
            this.includeAttemptCountInResponse = value;
            return this;
        }

        public Builder rateLimits(List<RateLimitAction> value) {
            this.rateLimits = value;
            return this;
        }

        public VirtualHostConfig build() {
            return new VirtualHostConfig(
                    name,
                    domains,
                    routes,
                    requireTls,
                    headers,
                    retry,
                    includeRequestAttemptCount,
                    includeAttemptCountInResponse,
                    rateLimits);
        }
    }
}
