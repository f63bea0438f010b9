package dev.attache.core.proxy;

import dev.attache.core.accesslog.AccessLogWriter;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.FilterFactory;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Stats;
import java.util.List;
import java.util.Map;

/**
 * What all graphs of one proxy stand on, and what outlives a configuration.
 *
 * @param stats     all stats
 * @param runtime   values that an operator may override
 * @param deadlines the thread that gives up what takes too long
 * @param logs      the thread that writes access logs
 * @param tls       TLS
 * @param filters   the host application's filters, before those of every listener
 * @param factories filters that a configuration may name
 */
record Foundation(
        Stats stats,
        Runtime runtime,
        Deadlines deadlines,
        AccessLogWriter logs,
        TlsProvider tls,
        List<HttpFilter> filters,
        Map<String, FilterFactory> factories) {

    Foundation {
        filters = List.copyOf(filters);
        factories = Map.copyOf(factories);
    }
}
