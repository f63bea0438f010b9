package dev.attache.core.config;

/** Which protocols an HTTP listener takes. */
public enum CodecType {
    /** By ALPN, or by the first bytes. */
    AUTO,
    HTTP1,
    HTTP2
}
