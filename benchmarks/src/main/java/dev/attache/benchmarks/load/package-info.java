/**
 * What stands on both sides of a proxy that is measured: clients, and an upstream for machines without nginx. Each is a
 * program of its own, so that nothing of it is charged to the proxy; most obey lines on standard input and answer each
 * with one line. Start with {@link dev.attache.benchmarks.load.RawConnection}.
 */
@NullMarked
package dev.attache.benchmarks.load;

import org.jspecify.annotations.NullMarked;
