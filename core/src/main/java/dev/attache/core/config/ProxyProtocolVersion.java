package dev.attache.core.config;

/** The form of a PROXY protocol header. */
public enum ProxyProtocolVersion {
    /** One line of text. */
    V1,
    /** Binary. */
    V2
}
