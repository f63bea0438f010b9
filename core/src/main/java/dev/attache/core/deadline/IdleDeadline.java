package dev.attache.core.deadline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Ends what has been silent for a configured time. Activity is only noted, by a plain write; the entry is put back when
 * it comes up and was not silent, for exactly the rest of the time. For one use, and ended by {@link #stop} alone.
 */
public abstract class IdleDeadline extends Deadline {

    private static final VarHandle LAST_ACTIVITY;

    static {
        try {
            LAST_ACTIVITY = MethodHandles.lookup().findVarHandle(IdleDeadline.class, "lastActivity", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final DeadlineQueue queue;

    @SuppressWarnings("UnusedVariable") // Opaque: seen before long, without the fence that a volatile write would be.
    private long lastActivity;

    private volatile boolean stopped;
    private volatile boolean idle;

    /** An idle deadline, to be started; a queue of duration zero means never. */
    protected IdleDeadline(DeadlineQueue queue) {
        this.queue = queue;
    }

    /**
     * Whether something has come that nobody has noted yet, for lack of a processor: looked at when the time has passed,
     * and then again for so long as {@link PeerDeadline#LONGEST_LAG_NANOS}. Called on the deadline thread.
     */
    protected boolean arrived() {
        return false;
    }

    /** The time has passed without activity; called once at most, on the deadline thread. Must not block. */
    protected abstract void idle();

    /** Begins the silence now. */
    public final void start() {
        start(queue.deadlines.now());
    }

    /** Begins the silence at a reading of {@link Deadlines#now} that was just made for something else. */
    public final void start(long now) {
        LAST_ACTIVITY.setOpaque(this, now);
        queue.start(this, now);
    }

    /** Notes activity now. */
    public final void touch() {
        if (queue.nanos() != 0) {
            touch(queue.deadlines.now());
        }
    }

    /** Notes activity at a reading of {@link Deadlines#now} that was just made for something else. */
    public final void touch(long now) {
        LAST_ACTIVITY.setOpaque(this, now);
    }

    /**
     * Ends the watch.
     *
     * @return whether {@link #idle} has not been called and will not be; where this is false it may be running now
     */
    public final boolean stop() {
        if (cancel()) {
            return true;
        }
        stopped = true;
        // While it is between two starts, it sees the mark.
        return cancel() || !idle;
    }

    @Override
    protected final void expired() {
        long now = queue.deadlines.now();
        long silent = now - (long) LAST_ACTIVITY.getOpaque(this);
        long over = silent - queue.nanos();
        if (over < 0) {
            again(now, -over);
            return;
        }
        if (over < PeerDeadline.LONGEST_LAG_NANOS && arrived()) {
            again(now, PeerDeadline.LOOK_AGAIN_NANOS);
            return;
        }
        // Marked before the look at the other mark, as stop() does it the other way round: one of the two sees it.
        idle = true;
        if (!stopped) {
            idle();
        }
    }

    private void again(long now, long nanos) {
        if (!stopped) {
            queue.deadlines.start(this, now, nanos);
        }
        if (stopped) {
            cancel();
        }
    }
}
