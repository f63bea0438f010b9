package dev.attache.listeners;

import dev.attache.core.config.Http2Config;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http2.Http2Settings;
import dev.attache.core.proxy.HttpEntry;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Stats;
import java.time.Duration;

/** What a listener does with requests at present: its entry, and all that follows from the entry's configuration. */
final class Serving {

    private final HttpEntry entry;
    private final UnderscoreRules underscores;
    private final UnderscoreRules http2Underscores;
    private final RequestRules rules;
    private final ResponseHead responseHead;
    private final Http2Rules http2Rules;
    private final Http2Settings http2Settings;
    private final Counter flushTimeouts;
    private final Deadlines deadlines;
    private final DeadlineQueue idle;
    private final DeadlineQueue head;
    private final DeadlineQueue request;
    private final DeadlineQueue delayedClose;
    private final long flushNanos;
    private final long idleNanos;
    private final long maxAgeNanos;
    private final long maxRequests;

    Serving(HttpEntry entry, Stats stats, Deadlines deadlines) {
        HttpConfig config = entry.config();
        this.entry = entry;
        this.underscores = new UnderscoreRules(config.underscores(), stats.scope("http1"));
        this.http2Underscores = new UnderscoreRules(config.underscores(), stats.scope("http2"));
        this.rules = new RequestRules(config, underscores);
        this.responseHead = new ResponseHead(config);
        this.http2Rules = new Http2Rules(rules, http2Underscores);
        this.flushTimeouts = stats.scope("http2").counter("tx_flush_timeout");
        this.deadlines = deadlines;
        this.idle = deadlines.queue(config.idleTimeout());
        this.head = deadlines.queue(config.requestHeadersTimeout());
        this.request = deadlines.queue(config.requestTimeout());
        this.flushNanos =
                config.streamFlushTimeout().orElse(config.streamIdleTimeout()).toNanos();
        this.http2Settings = http2Settings(config, flushNanos);
        this.delayedClose = deadlines.queue(config.delayedCloseTimeout());
        this.idleNanos = config.idleTimeout().toNanos();
        this.maxAgeNanos = config.maxConnectionDuration().toNanos();
        this.maxRequests = config.maxRequestsPerConnection();
    }

    HttpEntry entry() {
        return entry;
    }

    RequestRules rules() {
        return rules;
    }

    /** Of names in heads and trailers of HTTP/1. */
    UnderscoreRules underscores() {
        return underscores;
    }

    /** As {@link #underscores}, over HTTP/2. */
    UnderscoreRules http2Underscores() {
        return http2Underscores;
    }

    ResponseHead responseHead() {
        return responseHead;
    }

    Http2Rules http2Rules() {
        return http2Rules;
    }

    private static Http2Settings http2Settings(HttpConfig config, long flushNanos) {
        Http2Config http2 = config.http2();
        return new Http2Settings(
                false,
                http2.maxConcurrentStreams(),
                http2.streamWindow(),
                http2.connectionWindow(),
                http2.headerTableSize(),
                config.maxRequestHeadersKb() * 1024,
                config.maxHeadersCount(),
                http2.extendedConnect(),
                http2.maxEventsPerSecond(),
                flushNanos,
                http2.windowUpdatesPerDataFrame());
    }

    /** What HTTP/2 connections allow their clients. */
    Http2Settings http2Settings() {
        return http2Settings;
    }

    /** Streams that ended since their client took nothing of what was sent. */
    Counter flushTimeouts() {
        return flushTimeouts;
    }

    /** Whether clients are waited for before a close. */
    boolean delaysClose() {
        return !entry.config().delayedCloseTimeout().isZero();
    }

    /** Whether {@code connection} has had its share of requests, or of time. */
    boolean isSpent(DownstreamConnection connection) {
        if (maxRequests > 0 && connection.requests() >= maxRequests) {
            entry.connections().maxRequestsReached.increment();
            return true;
        }
        return maxAgeNanos > 0 && connection.ageNanos() >= maxAgeNanos;
    }

    long idleNanos() {
        return idleNanos;
    }

    void startIdle(Deadline deadline) {
        idle.start(deadline);
    }

    void startIdle(Deadline deadline, long nanos) {
        deadlines.start(deadline, Duration.ofNanos(nanos));
    }

    void startHead(Deadline deadline) {
        head.start(deadline);
    }

    /** Begins the time in which a request must have come to its end, unless its answer begins before. */
    void startRequest(Deadline deadline) {
        request.start(deadline);
    }

    /** Nanoseconds in which a client must take some of what it was sent; 0 is off. */
    long flushNanos() {
        return flushNanos;
    }

    /** Begins the time after which it is looked at a request in progress. */
    void startWatch(Deadline deadline, long nanos) {
        deadlines.start(deadline, nanos);
    }

    /** Whether a client that has shut its sending side is still answered. */
    boolean allowsHalfClose() {
        return entry.config().allowHalfClose();
    }

    /** Begins the time in which a client may see that the connection is closing. */
    void startDelayedClose(Deadline deadline) {
        delayedClose.start(deadline);
    }
}
