package dev.attache.core.config;

/** Which addresses of a name are taken. */
public enum DnsFamily {
    /** IPv6, or IPv4 where there is none. */
    AUTO,
    V4_ONLY,
    V6_ONLY,
    /** IPv4, or IPv6 where there is none. */
    V4_PREFERRED,
    ALL
}
