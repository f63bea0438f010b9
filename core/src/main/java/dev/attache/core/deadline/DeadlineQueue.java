package dev.attache.core.deadline;

/** Deadlines of one configured duration: they expire in the order in which they begin. Safe for use by all threads. */
public interface DeadlineQueue {

    /** Begins {@code deadline} now; it must not be running. A queue of duration zero ("off") does nothing. */
    void start(Deadline deadline);

    /**
     * Ends {@code deadline}.
     *
     * @return whether it will never expire: false when it has expired, or is expiring now
     */
    boolean cancel(Deadline deadline);
}
