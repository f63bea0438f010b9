package dev.attache.core.config;

/** How header names are written to HTTP/1 peers. */
public enum HeaderCase {
    /** All lower case. */
    LOWER,
    /** The first letter and each letter behind a dash upper case. */
    PROPER_CASE_WORDS,
    /** As the other side wrote them. */
    PRESERVE
}
