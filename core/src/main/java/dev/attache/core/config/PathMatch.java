package dev.attache.core.config;

/** A test of the path, without the query, in the very form in which it is forwarded. */
public sealed interface PathMatch {

    /** The path begins with {@code prefix}. */
    record Prefix(String prefix) implements PathMatch {}

    /** The path is {@code prefix}, or goes on with {@code /} behind it. */
    record SeparatedPrefix(String prefix) implements PathMatch {}

    /** The path is {@code path}. */
    record Exact(String path) implements PathMatch {}

    /** The RE2 expression matches the whole path. */
    record Regex(String regex) implements PathMatch {}

    /** The request is a CONNECT, which has no path (and is none of RFC 8441, which has one). */
    record Connect() implements PathMatch {}
}
