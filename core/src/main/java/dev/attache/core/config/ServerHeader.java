package dev.attache.core.config;

/** What becomes of the {@code server} response header. */
public enum ServerHeader {
    /** Replaced by the server name. */
    OVERWRITE,
    /** Set to the server name where the upstream sent none. */
    APPEND_IF_ABSENT,
    /** Left as the upstream sent it. */
    PASS_THROUGH
}
