package dev.attache.core.deadline;

/**
 * Ends what has been silent for a configured time. Activity is only noted, by a plain write; the entry is put back when
 * it comes up and was not silent, for exactly the rest of the time. For one use.
 */
public abstract class IdleDeadline {

    private final DeadlineQueue queue;
    private final Entry entry = new Entry();
    private volatile long lastActivity;
    private volatile boolean stopped;

    /** An idle deadline, to be started; a queue of duration zero means never. */
    protected IdleDeadline(DeadlineQueue queue) {
        this.queue = queue;
    }

    /** The time has passed without activity; called once at most, on the deadline thread. Must not block. */
    protected abstract void idle();

    /** Begins the silence now. */
    public final void start() {
        lastActivity = queue.deadlines.now();
        queue.start(entry);
    }

    /** Notes activity now. */
    public final void touch() {
        if (queue.nanos() != 0) {
            lastActivity = queue.deadlines.now();
        }
    }

    /**
     * Ends the watch.
     *
     * @return whether {@link #idle} has not been called and will not be; where this is false it may be running now
     */
    public final boolean stop() {
        stopped = true;
        // While the entry is between two starts, it sees the mark.
        return entry.cancel() || !entry.idle;
    }

    private final class Entry extends Deadline {
        volatile boolean idle;

        @Override
        protected void expired() {
            long silent = queue.deadlines.now() - lastActivity;
            if (silent < queue.nanos()) {
                if (!stopped) {
                    queue.deadlines.start(this, queue.nanos() - silent);
                }
                if (stopped) {
                    cancel();
                }
                return;
            }
            // Marked before the look at the other mark, as stop() does it the other way round: one of the two sees it.
            idle = true;
            if (!stopped) {
                idle();
            }
        }
    }
}
