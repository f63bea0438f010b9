package dev.attache.core.config;

/** What happens to request headers whose names hold an underscore. */
public enum UnderscoresInHeaders {
    ALLOW,
    /** Answered with 400. */
    REJECT_REQUEST,
    DROP_HEADER
}
