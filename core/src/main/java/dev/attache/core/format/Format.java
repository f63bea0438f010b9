package dev.attache.core.format;

import dev.attache.core.http.Exchange;

/** A compiled text with {@code %...%} operators. Immutable and safe for use by all threads. */
public interface Format {

    /** Appends the text for one exchange; an absent value is appended as the format was told. */
    void append(StringBuilder out, Exchange exchange);

    /** The text for one exchange. */
    default String apply(Exchange exchange) {
        StringBuilder out = new StringBuilder(128);
        append(out, exchange);
        return out.toString();
    }
}
