/**
 * Instants at which something waited for is given up, kept by one thread; start with {@link
 * dev.attache.core.deadline.Deadlines}.
 */
@NullMarked
package dev.attache.core.deadline;

import org.jspecify.annotations.NullMarked;
