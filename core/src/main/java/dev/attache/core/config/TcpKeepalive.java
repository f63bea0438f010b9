package dev.attache.core.config;

/**
 * TCP keepalive of upstream connections; 0 means the system's value.
 *
 * @param probes unanswered probes before the connection is dead
 * @param timeSeconds silence before the first probe
 * @param intervalSeconds time between probes
 */
public record TcpKeepalive(int probes, int timeSeconds, int intervalSeconds) {

    public TcpKeepalive {
        Checks.range("keepalive_probes", probes, 0, Integer.MAX_VALUE);
        Checks.range("keepalive_time", timeSeconds, 0, Integer.MAX_VALUE);
        Checks.range("keepalive_interval", intervalSeconds, 0, Integer.MAX_VALUE);
    }
}
