package dev.attache.core.proxy;

import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Gauge;
import dev.attache.core.stats.Histogram;
import dev.attache.core.stats.StatScope;
import org.jspecify.annotations.Nullable;

/** Stats of the downstream connections of one HTTP listener, under Envoy's names ({@code http.<prefix>.downstream_cx_*}). */
public final class ConnectionStats {

    public final Counter total;
    public final Gauge active;
    public final Counter sslTotal;
    public final Gauge sslActive;
    public final Counter http1Total;
    public final Gauge http1Active;
    public final Counter http2Total;
    public final Gauge http2Active;
    public final Counter http2Flood;
    public final Counter rqRxReset;
    public final Counter upgradesTotal;
    public final Gauge upgradesActive;
    public final Counter destroy;
    public final Counter destroyRemote;
    public final Counter destroyLocal;
    public final Counter destroyActiveRq;
    public final Counter protocolError;
    public final Counter idleTimeout;
    public final Counter maxRequestsReached;
    public final Counter delayedCloseTimeout;
    public final Counter drainClose;
    public final Counter rxBytesTotal;
    public final Counter txBytesTotal;
    public final Histogram lengthMs;

    /** Resolves the stats in {@code http.<prefix>.}. */
    public ConnectionStats(StatScope http) {
        total = http.counter("downstream_cx_total");
        active = http.gauge("downstream_cx_active");
        sslTotal = http.counter("downstream_cx_ssl_total");
        sslActive = http.gauge("downstream_cx_ssl_active");
        http1Total = http.counter("downstream_cx_http1_total");
        http1Active = http.gauge("downstream_cx_http1_active");
        http2Total = http.counter("downstream_cx_http2_total");
        http2Active = http.gauge("downstream_cx_http2_active");
        http2Flood = http.counter("downstream_cx_http2_flood");
        rqRxReset = http.counter("downstream_rq_rx_reset");
        upgradesTotal = http.counter("downstream_cx_upgrades_total");
        upgradesActive = http.gauge("downstream_cx_upgrades_active");
        destroy = http.counter("downstream_cx_destroy");
        destroyRemote = http.counter("downstream_cx_destroy_remote");
        destroyLocal = http.counter("downstream_cx_destroy_local");
        destroyActiveRq = http.counter("downstream_cx_destroy_active_rq");
        protocolError = http.counter("downstream_cx_protocol_error");
        idleTimeout = http.counter("downstream_cx_idle_timeout");
        maxRequestsReached = http.counter("downstream_cx_max_requests_reached");
        delayedCloseTimeout = http.counter("downstream_cx_delayed_close_timeout");
        drainClose = http.counter("downstream_cx_drain_close");
        rxBytesTotal = http.counter("downstream_cx_rx_bytes_total");
        txBytesTotal = http.counter("downstream_cx_tx_bytes_total");
        lengthMs = http.histogram("downstream_cx_length_ms");
    }

    /** A connection was accepted, over TLS or not. */
    public void opened(boolean encrypted) {
        if (encrypted) {
            sslTotal.increment();
            sslActive.increment();
        }
        total.increment();
        active.increment();
    }

    /** The first of a connection is here, and it is HTTP/1. Returns what counts it until it is gone. */
    public Gauge speaksHttp1() {
        http1Total.increment();
        http1Active.increment();
        return http1Active;
    }

    /** As {@link #speaksHttp1}, for HTTP/2. */
    public Gauge speaksHttp2() {
        http2Total.increment();
        http2Active.increment();
        return http2Active;
    }

    /**
     * A connection is gone.
     *
     * @param openNanos     how long it was open
     * @param encrypted     whether it was over TLS
     * @param speaking      what has counted it by its protocol; null where it said nothing
     * @param byPeer        whether the peer ended it
     * @param duringRequest whether a request was in progress
     */
    public void closed(
            long openNanos, boolean encrypted, @Nullable Gauge speaking, boolean byPeer, boolean duringRequest) {
        active.decrement();
        if (encrypted) {
            sslActive.decrement();
        }
        if (speaking != null) {
            speaking.decrement();
        }
        destroy.increment();
        (byPeer ? destroyRemote : destroyLocal).increment();
        if (duringRequest) {
            destroyActiveRq.increment();
        }
        lengthMs.recordNanos(openNanos);
    }
}
