package dev.attache.core.proxy;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Gauge;
import dev.attache.core.stats.Histogram;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.StatusCounters;

/** Stats of the requests of one HTTP listener, under Envoy's names ({@code http.<prefix>.downstream_rq_*}). */
final class RequestStats {

    private final Counter total;
    private final Counter http1Total;
    private final Counter http2Total;
    private final Gauge active;
    private final Counter completed;
    private final StatusCounters classes;
    private final Histogram time;
    private final Counter rxReset;
    private final Counter txReset;
    private final Counter idleTimeout;
    private final Counter maxDurationReached;
    private final Counter timeout;
    private final Counter headerTimeout;
    final Counter tooLarge;
    final Counter failedPathNormalization;
    final Counter redirectedWithNormalizedPath;

    RequestStats(StatScope http) {
        total = http.counter("downstream_rq_total");
        http1Total = http.counter("downstream_rq_http1_total");
        http2Total = http.counter("downstream_rq_http2_total");
        active = http.gauge("downstream_rq_active");
        completed = http.counter("downstream_rq_completed");
        classes = http.statuses("downstream_rq", true);
        time = http.histogram("downstream_rq_time");
        rxReset = http.counter("downstream_rq_rx_reset");
        txReset = http.counter("downstream_rq_tx_reset");
        idleTimeout = http.counter("downstream_rq_idle_timeout");
        maxDurationReached = http.counter("downstream_rq_max_duration_reached");
        timeout = http.counter("downstream_rq_timeout");
        headerTimeout = http.counter("downstream_rq_header_timeout");
        tooLarge = http.counter("downstream_rq_too_large");
        failedPathNormalization = http.counter("downstream_rq_failed_path_normalization");
        redirectedWithNormalizedPath = http.counter("downstream_rq_redirected_with_normalized_path");
    }

    void begun(Exchange exchange) {
        total.increment();
        (exchange.connection().protocol().equals("HTTP/2") ? http2Total : http1Total).increment();
        active.increment();
    }

    void ended(Exchange exchange) {
        active.decrement();
        if (exchange.flagged(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION)) {
            rxReset.increment();
        }
        if (exchange.flagged(ResponseFlag.STREAM_IDLE_TIMEOUT)) {
            idleTimeout.increment();
        }
        if (exchange.flagged(ResponseFlag.DURATION_TIMEOUT)) {
            maxDurationReached.increment();
        }
        if (exchange.status() != 0) {
            completed.increment();
            classes.count(exchange.status());
        } else if (!exchange.flagged(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION)) {
            txReset.increment();
        }
        time.recordNanos(exchange.between(Exchange.Phase.DS_RX_BEG, Exchange.Phase.DS_TX_END));
    }

    /** What the listener refused by itself, by its cause; a gRPC caller sees another status than it has here. */
    void refused(LocalReply reply) {
        switch (reply.status()) {
            case 413, 431 -> tooLarge.increment();
            case 408 -> {
                if (reply.details().equals("request_header_timeout")) {
                    headerTimeout.increment();
                } else if (reply.details().equals("request_overall_timeout")) {
                    timeout.increment();
                }
            }
            default -> {}
        }
    }
}
