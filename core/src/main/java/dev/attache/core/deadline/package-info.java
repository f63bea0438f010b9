/**
 * Instants at which something waited for is given up, kept by one thread: configured durations in one queue each,
 * durations that come with a request in a heap. Nothing here knows what is waited for. Start with {@link
 * dev.attache.core.deadline.Deadlines}.
 */
@NullMarked
package dev.attache.core.deadline;

import org.jspecify.annotations.NullMarked;
