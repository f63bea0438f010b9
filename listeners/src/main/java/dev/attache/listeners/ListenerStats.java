package dev.attache.listeners;

import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Gauge;
import dev.attache.core.stats.Histogram;
import dev.attache.core.stats.StatScope;

/** Stats of the connections of one listener, under Envoy's names ({@code listener.<address>.downstream_cx_*}). */
final class ListenerStats {

    final Counter total;
    final Gauge active;
    final Counter destroy;
    final Counter overflow;
    final Counter globalOverflow;
    final Histogram lengthMs;

    ListenerStats(StatScope listener) {
        total = listener.counter("downstream_cx_total");
        active = listener.gauge("downstream_cx_active");
        destroy = listener.counter("downstream_cx_destroy");
        overflow = listener.counter("downstream_cx_overflow");
        globalOverflow = listener.counter("downstream_global_cx_overflow");
        lengthMs = listener.histogram("downstream_cx_length_ms");
    }

    void opened() {
        total.increment();
        active.increment();
    }

    void closed(long openNanos) {
        active.decrement();
        destroy.increment();
        lengthMs.recordNanos(openNanos);
    }
}
