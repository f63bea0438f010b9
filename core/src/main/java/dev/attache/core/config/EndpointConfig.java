package dev.attache.core.config;

/**
 * One address of a cluster.
 *
 * @param address host and port, or unix socket
 * @param hostname name for host rewriting and TLS; empty means the host of the address
 * @param weight share of requests, 1 or more; default 1
 */
public record EndpointConfig(Address address, String hostname, int weight) {

    public EndpointConfig {
        Checks.range("weight", weight, 1, Integer.MAX_VALUE);
    }

    public EndpointConfig(Address address) {
        this(address, "", 1);
    }
}
