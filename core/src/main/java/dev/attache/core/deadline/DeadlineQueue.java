package dev.attache.core.deadline;

import org.jspecify.annotations.Nullable;

/** Deadlines of one configured duration: they expire in the order in which they begin. Safe for use by all threads. */
public final class DeadlineQueue extends DeadlineHolder {

    private final long nanos;
    private @Nullable Deadline head;
    private @Nullable Deadline tail;

    DeadlineQueue(Deadlines deadlines, long nanos) {
        super(deadlines);
        this.nanos = nanos;
    }

    /** The duration in nanoseconds; zero is off. */
    public long nanos() {
        return nanos;
    }

    /**
     * Begins {@code deadline} now. A queue of duration zero ("off") does nothing.
     *
     * @throws IllegalStateException when it is running, or expiring on the deadline thread
     */
    public void start(Deadline deadline) {
        if (nanos != 0) {
            start(deadline, deadlines.now(), nanos);
        }
    }

    /**
     * As {@link #start(Deadline)}, where the clock has just been read for something else.
     *
     * @param now what {@link Deadlines#now} said
     */
    public void start(Deadline deadline, long now) {
        if (nanos != 0) {
            start(deadline, now, nanos);
        }
    }

    @Override
    boolean add(Deadline deadline) {
        Deadline last = tail;
        if (last != null && deadline.instant - last.instant < 0) {
            // Another thread has read the clock later and come here sooner. The queue stays in order at the price of so
            // much.
            deadline.instant = last.instant;
        }
        deadline.previous = last;
        tail = deadline;
        if (last == null) {
            head = deadline;
        } else {
            last.next = deadline;
        }
        return last == null;
    }

    @Override
    void remove(Deadline deadline) {
        Deadline before = deadline.previous;
        Deadline after = deadline.next;
        deadline.previous = null;
        deadline.next = null;
        if (before == null) {
            head = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previous = before;
        }
    }

    @Override
    @Nullable
    Deadline first() {
        return head;
    }
}
