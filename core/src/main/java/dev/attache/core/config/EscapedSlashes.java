package dev.attache.core.config;

/** What happens to a path that holds {@code %2F} or {@code %5C}. */
public enum EscapedSlashes {
    KEEP_UNCHANGED,
    /** Answered with 400. */
    REJECT_REQUEST,
    /** Answered with a redirect to the unescaped path. */
    UNESCAPE_AND_REDIRECT,
    UNESCAPE_AND_FORWARD
}
