package dev.attache.core.config;

import java.time.Duration;

/**
 * Carries raw TCP to a cluster. Parsed; not served yet.
 *
 * @param statPrefix stats are tcp.prefix.*
 * @param cluster name of the cluster
 * @param idleTimeout silence in both directions; zero is off; default 1 h
 */
public record TcpProxyConfig(String statPrefix, String cluster, Duration idleTimeout) implements ProtocolConfig {

    public TcpProxyConfig {
        Checks.notNegative("idleTimeout", idleTimeout);
    }
}
