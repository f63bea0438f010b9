package dev.attache.core.stats;

import java.util.function.LongSupplier;

/**
 * Stats under a common prefix, such as {@code cluster.search.}; asking again for a name gives the same object. Ask when
 * the graph is built, never for each request.
 */
public interface StatScope {

    /** {@code prefix + name}; a name such as {@code upstream_rq_total}. */
    Counter counter(String name);

    Gauge gauge(String name);

    /** A gauge that is read when it is looked at. The last supplier for a name wins. */
    void gauge(String name, LongSupplier value);

    Histogram histogram(String name);

    /**
     * {@code prefix + name + "_200"} and so on, and {@code prefix + name + "_2xx"}; with {@code classesOnly} the latter
     * alone. In Prometheus: {@code name{response_code="200"}} and {@code name_xx{response_code_class="2"}}.
     */
    StatusCounters statuses(String name, boolean classesOnly);

    /** A scope below this one, its name part of each stat's name: {@code circuit_breakers.default.}. */
    StatScope scope(String name);
}
