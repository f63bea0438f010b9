package dev.attache.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A named set of endpoints and how they are reached.
 *
 * @param name unique name; the stats are cluster.name.*
 * @param discovery where endpoints come from
 * @param statName name in the stats; empty means the name
 * @param lbPolicy how an endpoint is chosen
 * @param connectTimeout TCP and TLS together; more than zero; default 1 s
 * @param pendingTimeout how long a request waits for a connection where the limit is reached, before it is answered with
 *         503; zero is off; default 5 s
 * @param tls TLS; empty means plain text
 * @param minBodyRate bytes a second at which a request body of HTTP/1 must come while others wait for a connection, save
 *         gRPC; a slower one is answered with 408; 0 is off; default 500
 * @param proxyProtocol PROXY protocol header that a connection begins with, before TLS; empty for none
 * @param protocol what is spoken
 * @param idleTimeout an idle pooled connection; shorter than the peer's own; zero is off; default 4 s in the native
 *         form, 1 h in Envoy's
 * @param maxRequestsPerConnection requests after which a connection is closed; 0 means no limit
 * @param tcpKeepalive TCP keepalive
 * @param circuitBreaker limits of normal priority
 * @param highPriorityCircuitBreaker limits of high priority
 * @param failureBreaker failure-rate breaker; off by default
 * @param headerCase case of header names written upstream
 * @param enableTrailers carries HTTP/1 trailers; default true in the native form
 * @param acceptBareLf whether LF alone ends a line of a response head of HTTP/1, as old servers write it; it goes on as
 *         CR LF. Default false; true in files of Envoy
 * @param http2 limits of HTTP/2 connections
 * @param maxResponseHeadersKb KiB of a response head, 1 to 60; default 60
 * @param maxHeadersCount header fields of a response, 1 to 100; default 100
 * @param healthChecks active health checks
 */
public record ClusterConfig(
        String name,
        DiscoveryConfig discovery,
        String statName,
        LbPolicy lbPolicy,
        Duration connectTimeout,
        Duration pendingTimeout,
        Optional<UpstreamTlsConfig> tls,
        long minBodyRate,
        Optional<ProxyProtocolVersion> proxyProtocol,
        UpstreamProtocol protocol,
        Duration idleTimeout,
        long maxRequestsPerConnection,
        Optional<TcpKeepalive> tcpKeepalive,
        CircuitBreakerConfig circuitBreaker,
        CircuitBreakerConfig highPriorityCircuitBreaker,
        Optional<FailureBreakerConfig> failureBreaker,
        HeaderCase headerCase,
        boolean enableTrailers,
        boolean acceptBareLf,
        Http2Config http2,
        int maxResponseHeadersKb,
        int maxHeadersCount,
        List<HealthCheckConfig> healthChecks) {

    public ClusterConfig {
        Checks.notNegative("connectTimeout", connectTimeout);
        Checks.notNegative("pendingTimeout", pendingTimeout);
        Checks.range("minBodyRate", minBodyRate, 0, Long.MAX_VALUE);
        Checks.notNegative("idleTimeout", idleTimeout);
        healthChecks = List.copyOf(healthChecks);
        Checks.notEmpty("name", name);
        Checks.range("max_response_headers_kb", maxResponseHeadersKb, 1, 60);
        Checks.range("max_headers_count", maxHeadersCount, 1, 100);
        Checks.range("max_requests_per_connection", maxRequestsPerConnection, 0, Long.MAX_VALUE);
        if (connectTimeout.isZero()) {
            throw new IllegalArgumentException("connect_timeout: 0 (expected: more than zero)");
        }
    }

    /** A builder for one endpoint: a fixed address where {@code host} is one, else a name looked up in DNS. */
    public static Builder to(String name, String host, int port) {
        return builder(
                name, DiscoveryConfig.of(host, port, DnsRefreshConfig.builder().build()));
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(String name, DiscoveryConfig discovery) {
        return new Builder(name, discovery);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(name, discovery);
        builder.statName = statName;
        builder.lbPolicy = lbPolicy;
        builder.connectTimeout = connectTimeout;
        builder.pendingTimeout = pendingTimeout;
        builder.tls = tls;
        builder.minBodyRate = minBodyRate;
        builder.proxyProtocol = proxyProtocol;
        builder.protocol = protocol;
        builder.idleTimeout = idleTimeout;
        builder.maxRequestsPerConnection = maxRequestsPerConnection;
        builder.tcpKeepalive = tcpKeepalive;
        builder.circuitBreaker = circuitBreaker;
        builder.highPriorityCircuitBreaker = highPriorityCircuitBreaker;
        builder.failureBreaker = failureBreaker;
        builder.headerCase = headerCase;
        builder.enableTrailers = enableTrailers;
        builder.acceptBareLf = acceptBareLf;
        builder.http2 = http2;
        builder.maxResponseHeadersKb = maxResponseHeadersKb;
        builder.maxHeadersCount = maxHeadersCount;
        builder.healthChecks = healthChecks;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private String name;
        private DiscoveryConfig discovery;
        private String statName = "";
        private LbPolicy lbPolicy = LbPolicy.ROUND_ROBIN;
        private Duration connectTimeout = Duration.ofSeconds(1);
        private Duration pendingTimeout = Duration.ofSeconds(5);
        private Optional<UpstreamTlsConfig> tls = Optional.empty();
        private long minBodyRate = 500;
        private Optional<ProxyProtocolVersion> proxyProtocol = Optional.empty();
        private UpstreamProtocol protocol = UpstreamProtocol.HTTP1;
        private Duration idleTimeout = Duration.ofSeconds(4);
        private long maxRequestsPerConnection = 0;
        private Optional<TcpKeepalive> tcpKeepalive = Optional.empty();
        private CircuitBreakerConfig circuitBreaker = CircuitBreakerConfig.DEFAULT;
        private CircuitBreakerConfig highPriorityCircuitBreaker = CircuitBreakerConfig.DEFAULT;
        private Optional<FailureBreakerConfig> failureBreaker = Optional.empty();
        private HeaderCase headerCase = HeaderCase.LOWER;
        private boolean enableTrailers = true;
        private boolean acceptBareLf = false;
        private Http2Config http2 = Http2Config.DEFAULT;
        private int maxResponseHeadersKb = 60;
        private int maxHeadersCount = 100;
        private List<HealthCheckConfig> healthChecks = List.of();

        private Builder(String name, DiscoveryConfig discovery) {
            this.name = name;
            this.discovery = discovery;
        }

        public Builder name(String value) {
            this.name = value;
            return this;
        }

        public Builder discovery(DiscoveryConfig value) {
            this.discovery = value;
            return this;
        }

        public Builder statName(String value) {
            this.statName = value;
            return this;
        }

        public Builder lbPolicy(LbPolicy value) {
            this.lbPolicy = value;
            return this;
        }

        public Builder connectTimeout(Duration value) {
            this.connectTimeout = value;
            return this;
        }

        public Builder pendingTimeout(Duration value) {
            this.pendingTimeout = value;
            return this;
        }

        /** TLS verified by name against the platform's roots. */
        public Builder tls() {
            return tls(UpstreamTlsConfig.builder().build());
        }

        public Builder tls(UpstreamTlsConfig value) {
            this.tls = Optional.of(value);
            return this;
        }

        public Builder minBodyRate(long value) {
            this.minBodyRate = value;
            return this;
        }

        public Builder proxyProtocol(ProxyProtocolVersion value) {
            this.proxyProtocol = Optional.of(value);
            return this;
        }

        public Builder protocol(UpstreamProtocol value) {
            this.protocol = value;
            return this;
        }

        public Builder idleTimeout(Duration value) {
            this.idleTimeout = value;
            return this;
        }

        public Builder maxRequestsPerConnection(long value) {
            this.maxRequestsPerConnection = value;
            return this;
        }

        public Builder tcpKeepalive(TcpKeepalive value) {
            this.tcpKeepalive = Optional.of(value);
            return this;
        }

        public Builder circuitBreaker(CircuitBreakerConfig value) {
            this.circuitBreaker = value;
            return this;
        }

        public Builder highPriorityCircuitBreaker(CircuitBreakerConfig value) {
            this.highPriorityCircuitBreaker = value;
            return this;
        }

        public Builder failureBreaker(FailureBreakerConfig value) {
            this.failureBreaker = Optional.of(value);
            return this;
        }

        public Builder headerCase(HeaderCase value) {
            this.headerCase = value;
            return this;
        }

        public Builder http2(Http2Config value) {
            this.http2 = value;
            return this;
        }

        public Builder enableTrailers(boolean value) {
            this.enableTrailers = value;
            return this;
        }

        public Builder acceptBareLf(boolean value) {
            this.acceptBareLf = value;
            return this;
        }

        public Builder maxResponseHeadersKb(int value) {
            this.maxResponseHeadersKb = value;
            return this;
        }

        public Builder maxHeadersCount(int value) {
            this.maxHeadersCount = value;
            return this;
        }

        public Builder healthChecks(List<HealthCheckConfig> value) {
            this.healthChecks = value;
            return this;
        }

        public ClusterConfig build() {
            return new ClusterConfig(
                    name,
                    discovery,
                    statName,
                    lbPolicy,
                    connectTimeout,
                    pendingTimeout,
                    tls,
                    minBodyRate,
                    proxyProtocol,
                    protocol,
                    idleTimeout,
                    maxRequestsPerConnection,
                    tcpKeepalive,
                    circuitBreaker,
                    highPriorityCircuitBreaker,
                    failureBreaker,
                    headerCase,
                    enableTrailers,
                    acceptBareLf,
                    http2,
                    maxResponseHeadersKb,
                    maxHeadersCount,
                    healthChecks);
        }
    }
}
