package dev.attache.core.deadline;

import java.time.Duration;

/** The one thread that gives up what takes too long. */
public interface Deadlines extends AutoCloseable {

    /** The queue of a configured duration, made on first use; zero means off. Resolve once, when the graph is built. */
    DeadlineQueue queue(Duration duration);

    /** A queue for durations that come with a request; each deadline is started with {@link #start}. */
    void start(Deadline deadline, Duration duration);

    /** Ends a deadline that was begun by {@link #start}; as {@link DeadlineQueue#cancel}. */
    boolean cancel(Deadline deadline);

    /** Ends the thread; what has not expired never will. */
    @Override
    void close();
}
