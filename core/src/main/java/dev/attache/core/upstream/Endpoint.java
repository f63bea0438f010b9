package dev.attache.core.upstream;

import java.net.SocketAddress;

/**
 * One address of a cluster, with what is known of it. Two endpoints are the same only if they are one object: a
 * connection pool hangs on it.
 */
public final class Endpoint {

    private final String hostname;
    private final int port;
    private final int weight;
    private final EndpointStats stats = new EndpointStats();
    private volatile SocketAddress address;
    private volatile boolean removed;

    /**
     * An endpoint.
     *
     * @param hostname DNS name or literal address, for host rewriting, server name and name check
     * @param port     port; 0 for a unix socket
     * @param address  where connections go: a resolved {@code InetSocketAddress} or a {@code UnixDomainSocketAddress}
     * @param weight   share of requests, 1 or more
     */
    public Endpoint(String hostname, int port, SocketAddress address, int weight) {
        this.hostname = hostname;
        this.port = port;
        this.address = address;
        this.weight = weight;
    }

    public String hostname() {
        return hostname;
    }

    public int port() {
        return port;
    }

    /** Where new connections go. It changes only for the endpoint of logical DNS, whose old connections stay. */
    public SocketAddress address() {
        return address;
    }

    void moveTo(SocketAddress newAddress) {
        address = newAddress;
    }

    public int weight() {
        return weight;
    }

    public EndpointStats stats() {
        return stats;
    }

    /** Whether discovery no longer names this endpoint: its connections are not pooled any more. */
    public boolean removed() {
        return removed;
    }

    /** Discovery no longer names this endpoint; there is no way back: if it returns, it is a new one. */
    public void remove() {
        removed = true;
    }

    @Override
    public String toString() {
        return hostname + "@" + address;
    }
}
