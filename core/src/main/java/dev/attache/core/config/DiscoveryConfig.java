package dev.attache.core.config;

import java.util.List;

/** Where the endpoints of a cluster come from. */
public sealed interface DiscoveryConfig {

    List<EndpointConfig> endpoints();

    /** One endpoint: a fixed address where {@code host} is an IP address, else a name whose every address counts. */
    static DiscoveryConfig of(String host, int port, DnsRefreshConfig refresh) {
        Address.Socket address = new Address.Socket(host, port);
        List<EndpointConfig> endpoints = List.of(new EndpointConfig(address));
        return address.isIp() ? new Static(endpoints) : new StrictDns(endpoints, refresh);
    }

    /** Fixed addresses or unix sockets. */
    record Static(List<EndpointConfig> endpoints) implements DiscoveryConfig {
        public Static {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** Every address that DNS names is an endpoint; vanished ones drain. */
    record StrictDns(List<EndpointConfig> endpoints, DnsRefreshConfig refresh) implements DiscoveryConfig {
        public StrictDns {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** One endpoint; new connections go to the first address that DNS names, existing ones stay. */
    record LogicalDns(List<EndpointConfig> endpoints, DnsRefreshConfig refresh) implements DiscoveryConfig {
        public LogicalDns {
            endpoints = List.copyOf(endpoints);
            if (endpoints.size() != 1) {
                throw new IllegalArgumentException("endpoints: " + endpoints.size() + " (expected: exactly 1)");
            }
        }
    }
}
