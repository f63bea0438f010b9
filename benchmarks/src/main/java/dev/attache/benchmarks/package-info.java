/**
 * Measurements: {@link dev.attache.benchmarks.ChainBenchmark} is everything between a parsed request and the upstream,
 * {@link dev.attache.benchmarks.ProxiedRequestBenchmark} a whole request over loopback, {@link
 * dev.attache.benchmarks.HpackBenchmark} a head of HTTP/2, {@link dev.attache.benchmarks.DeadlineOvershoot} how late a
 * deadline is. Nothing here is a test: a busy machine gives bad
 * figures, not failures. JMH fills the fields of a state, hence unmarked.
 */
@NullUnmarked
package dev.attache.benchmarks;

import org.jspecify.annotations.NullUnmarked;
