/**
 * Counters, gauges and histograms under Envoy's names, resolved once when the graph is built; start with {@link
 * dev.attache.core.stats.Stats}. The one room of the metrics library.
 */
@NullMarked
package dev.attache.core.stats;

import org.jspecify.annotations.NullMarked;
