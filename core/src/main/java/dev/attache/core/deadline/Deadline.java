package dev.attache.core.deadline;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens at an instant unless it is cancelled before; also the entry of the queue that holds it, so
 * that starting one allocates nothing else and cancelling it leaves nothing behind.
 */
public abstract class Deadline {

    // Guarded by the lock of the queue that holds this entry.
    @Nullable
    Deadline previous;

    @Nullable
    Deadline next;

    @Nullable
    DeadlineQueue queue;

    long instant;

    /** What happens; called on the deadline thread, once at most for each start. Must not block and must not throw. */
    protected abstract void expired();
}
