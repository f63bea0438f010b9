package dev.attache.core.config;

/** Whether connections begin with a PROXY protocol header, version 1 or 2, which names the client. */
public enum ProxyProtocol {
    /** They do not. */
    OFF,
    /** All do; one without a header is closed. */
    REQUIRED,
    /** Those that begin with one are taken at its word, the others as they are. */
    OPTIONAL
}
