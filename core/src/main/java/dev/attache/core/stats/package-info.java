/**
 * Counters, gauges and histograms under Envoy's names, resolved once when the graph is built; start with {@link
 * dev.attache.core.stats.Stats}. They are shown by {@link dev.attache.core.stats.TextStats}, {@link
 * dev.attache.core.stats.JsonStats} and {@link dev.attache.core.stats.PrometheusText}, and reported to Graphite. The one
 * room of the metrics library: no other package names it.
 */
@NullMarked
package dev.attache.core.stats;

import org.jspecify.annotations.NullMarked;
