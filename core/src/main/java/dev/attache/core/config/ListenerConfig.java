package dev.attache.core.config;

import java.util.List;

/**
 * A bound socket, or with bindToPort false a name for in-process calls.
 *
 * @param name name; may be empty
 * @param address where it is bound
 * @param bindToPort false makes no socket; default true
 * @param proxyProtocol whether connections begin with a PROXY protocol header; default no
 * @param filterChains one, or several by server name; at least one
 * @param statPrefix stats are listener.prefix.*; empty means the address
 * @param direction which way it faces
 * @param ignoreGlobalConnectionLimit its connections do not count toward the global limit; default false
 * @param maxConnections connections at one time; 0 means no limit; default 10000 in the native form
 * @param backlog accept queue; 0 means the system's maximum
 * @param tcpFastOpenQueue TCP fast open queue; accepted and without effect
 * @param connectionBufferLimitBytes bytes kept for a request's retries, unless the route says otherwise; default 1
 *         MiB
 */
public record ListenerConfig(
        String name,
        Address address,
        boolean bindToPort,
        ProxyProtocol proxyProtocol,
        List<FilterChainConfig> filterChains,
        String statPrefix,
        TrafficDirection direction,
        boolean ignoreGlobalConnectionLimit,
        long maxConnections,
        int backlog,
        int tcpFastOpenQueue,
        long connectionBufferLimitBytes) {

    public ListenerConfig {
        filterChains = List.copyOf(filterChains);
        if (filterChains.isEmpty()) {
            throw new IllegalArgumentException("filter_chains: empty (expected: at least one)");
        }
        Checks.range("max_connections", maxConnections, 0, Long.MAX_VALUE);
    }

    /** Its name in {@code listener.<name>.*}. */
    public String statName() {
        return statPrefix.isEmpty() ? address.toString().replace(':', '_') : statPrefix;
    }

    /** A builder for a plain-text HTTP listener that carries the name of its stats. */
    public static Builder http(Address address, HttpConfig http) {
        return builder(address, List.of(FilterChainConfig.builder(http).build()))
                .name(http.statPrefix());
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(Address address, List<FilterChainConfig> filterChains) {
        return new Builder(address, filterChains);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(address, filterChains);
        builder.name = name;
        builder.bindToPort = bindToPort;
        builder.proxyProtocol = proxyProtocol;
        builder.statPrefix = statPrefix;
        builder.direction = direction;
        builder.ignoreGlobalConnectionLimit = ignoreGlobalConnectionLimit;
        builder.maxConnections = maxConnections;
        builder.backlog = backlog;
        builder.tcpFastOpenQueue = tcpFastOpenQueue;
        builder.connectionBufferLimitBytes = connectionBufferLimitBytes;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private String name = "";
        private Address address;
        private boolean bindToPort = true;
        private ProxyProtocol proxyProtocol = ProxyProtocol.OFF;
        private List<FilterChainConfig> filterChains;
        private String statPrefix = "";
        private TrafficDirection direction = TrafficDirection.UNSPECIFIED;
        private boolean ignoreGlobalConnectionLimit = false;
        private long maxConnections = 10000;
        private int backlog = 0;
        private int tcpFastOpenQueue = 0;
        private long connectionBufferLimitBytes = 1048576;

        private Builder(Address address, List<FilterChainConfig> filterChains) {
            this.address = address;
            this.filterChains = filterChains;
        }

        public Builder name(String value) {
            this.name = value;
            return this;
        }

        public Builder address(Address value) {
            this.address = value;
            return this;
        }

        public Builder bindToPort(boolean value) {
            this.bindToPort = value;
            return this;
        }

        public Builder proxyProtocol(ProxyProtocol value) {
            this.proxyProtocol = value;
            return this;
        }

        public Builder filterChains(List<FilterChainConfig> value) {
            this.filterChains = value;
            return this;
        }

        public Builder statPrefix(String value) {
            this.statPrefix = value;
            return this;
        }

        public Builder direction(TrafficDirection value) {
            this.direction = value;
            return this;
        }

        public Builder ignoreGlobalConnectionLimit(boolean value) {
            this.ignoreGlobalConnectionLimit = value;
            return this;
        }

        public Builder maxConnections(long value) {
            this.maxConnections = value;
            return this;
        }

        public Builder backlog(int value) {
            this.backlog = value;
            return this;
        }

        public Builder tcpFastOpenQueue(int value) {
            this.tcpFastOpenQueue = value;
            return this;
        }

        public Builder connectionBufferLimitBytes(long value) {
            this.connectionBufferLimitBytes = value;
            return this;
        }

        public ListenerConfig build() {
            return new ListenerConfig(
                    name,
                    address,
                    bindToPort,
                    proxyProtocol,
                    filterChains,
                    statPrefix,
                    direction,
                    ignoreGlobalConnectionLimit,
                    maxConnections,
                    backlog,
                    tcpFastOpenQueue,
                    connectionBufferLimitBytes);
        }
    }
}
