package dev.attache.core.proxy;

import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Gauge;
import dev.attache.core.stats.Histogram;
import dev.attache.core.stats.StatScope;

/** Stats of the downstream connections of one HTTP listener, under Envoy's names ({@code http.<prefix>.downstream_cx_*}). */
public final class ConnectionStats {

    public final Counter total;
    public final Gauge active;
    public final Counter http1Total;
    public final Gauge http1Active;
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
        http1Total = http.counter("downstream_cx_http1_total");
        http1Active = http.gauge("downstream_cx_http1_active");
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

    /** A connection was accepted. */
    public void opened() {
        total.increment();
        active.increment();
        http1Total.increment();
        http1Active.increment();
    }

    /**
     * A connection is gone.
     *
     * @param openNanos     how long it was open
     * @param byPeer        whether the peer ended it
     * @param duringRequest whether a request was in progress
     */
    public void closed(long openNanos, boolean byPeer, boolean duringRequest) {
        active.decrement();
        http1Active.decrement();
        destroy.increment();
        (byPeer ? destroyRemote : destroyLocal).increment();
        if (duringRequest) {
            destroyActiveRq.increment();
        }
        lengthMs.recordNanos(openNanos);
    }
}
