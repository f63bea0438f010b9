package dev.attache.core.config;

/** How header names are written to HTTP/1 peers. */
public enum HeaderCase {
    /** All lower case. */
    LOWER,
    /** The first letter and each letter behind a dash upper case. */
    PROPER_CASE_WORDS,
    /**
     * As the other side of HTTP/1 wrote them, all that is passed on. What a proxy says for itself is not: names that frame
     * a message or are about a connection, and {@code Host}, are in proper case, those that are set or added here as they
     * are written in the configuration or, for the proxy's own, in lower case.
     */
    PRESERVE
}
