package dev.attache.core.deadline;

/**
 * The end of a wait for a peer. A deadline is due by the clock, but whoever waits may have had no processor for a while:
 * what it waits for is then there already and has only not been looked at, and the peer is not to be blamed. So this one
 * looks when it is due, and while the peer has done its part it looks again a little later, for so long as {@link
 * #LONGEST_LAG_NANOS}. An object is for one wait.
 */
public abstract class PeerDeadline extends Deadline {

    /** How long what has arrived may lie unread until that counts as the end all the same: five seconds. */
    public static final long LONGEST_LAG_NANOS = 5_000_000_000L;

    static final long LOOK_AGAIN_NANOS = 20_000_000;

    private long due;
    private boolean lagging;

    /**
     * Whether the peer has done its part, as far as can be seen without waiting. Called on the deadline thread.
     */
    protected abstract boolean arrived();

    /** The peer is late: as {@link Deadline#expired}. */
    protected abstract void late();

    @Override
    protected final void expired() {
        DeadlineHolder last = holder;
        if (last == null || !arrived()) {
            late();
            return;
        }
        Deadlines deadlines = last.deadlines;
        long now = deadlines.now();
        if (!lagging) {
            lagging = true;
            due = now;
        }
        if (now - due < LONGEST_LAG_NANOS) {
            deadlines.start(this, now, LOOK_AGAIN_NANOS);
        } else {
            late();
        }
    }
}
