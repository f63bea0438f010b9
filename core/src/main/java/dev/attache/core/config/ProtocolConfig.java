package dev.attache.core.config;

/** What a filter chain speaks. */
public sealed interface ProtocolConfig permits HttpConfig, TcpProxyConfig {

    /** Prefix of its stats. */
    String statPrefix();
}
