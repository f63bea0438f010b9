/**
 * Other proxies in Java, each as the smallest program that serves {@code PORT UPSTREAM_PORT} on loopback the way its
 * project means it to be used; {@link dev.attache.benchmarks.peers.UndertowProxy} is the shortest. What is set beside
 * that is a pool large enough for every case, and patience. Nothing else may use these libraries.
 */
@NullMarked
package dev.attache.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
