package dev.attache.core.accesslog;

import dev.attache.core.http.Exchange;

/** Writes a line for an exchange that has ended, if it passes the filter; never waits. Safe for use by all threads. */
@FunctionalInterface
public interface AccessLog {

    /** Writes nothing. */
    AccessLog NONE = exchange -> {};

    void log(Exchange exchange);
}
