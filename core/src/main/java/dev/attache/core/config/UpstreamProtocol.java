package dev.attache.core.config;

/** What is spoken to a cluster. */
public enum UpstreamProtocol {
    HTTP1,
    HTTP2,
    /** What the downstream request spoke. */
    DOWNSTREAM,
    /** Settled by ALPN. */
    AUTO
}
