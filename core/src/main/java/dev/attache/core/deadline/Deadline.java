package dev.attache.core.deadline;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens at an instant unless it is cancelled before; also the entry of the queue that holds it, so
 * that starting one allocates nothing else and cancelling it leaves nothing behind.
 *
 * <p>A deadline may be started again once {@link #cancel} has returned true, from within {@link #expired}, and once
 * {@code expired} has returned. Between those it is spent: when {@code cancel} returns false the call of {@code
 * expired} may still be to come, and a new start could be taken for the old one; make a new object instead. A start
 * that breaks this rule throws {@link IllegalStateException}.
 */
public abstract class Deadline {

    enum State {
        /** Never started, or cancelled. */
        IDLE,
        QUEUED,
        EXPIRING,
        EXPIRED
    }

    // All but the state are guarded by the lock of the holder; the state is written under it, save from EXPIRING.
    volatile State state = State.IDLE;

    /** The last one; written before the state says that it is queued, so that whoever sees the one sees the other. */
    @Nullable
    DeadlineHolder holder;

    @Nullable
    Deadline previous;

    @Nullable
    Deadline next;

    /** Place in a heap. */
    int index;

    /** By {@code System.nanoTime()}. */
    long instant;

    /**
     * What happens; called on the deadline thread, once at most for each start. Must not block: all other deadlines wait
     * for it. What it throws is logged.
     */
    protected abstract void expired();

    /**
     * Ends this deadline, whichever queue holds it. Cancelling one that is not running does nothing.
     *
     * @return whether it will never expire: false when it has expired, or is expiring now
     */
    public final boolean cancel() {
        State now = state;
        DeadlineHolder current = holder;
        return (now != State.QUEUED || current == null) ? now == State.IDLE : current.cancel(this);
    }
}
