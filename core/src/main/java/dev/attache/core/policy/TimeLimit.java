package dev.attache.core.policy;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A limit in time: a configured one, which has a queue of its own, or one that came with a request. */
final class TimeLimit {

    private final Deadlines deadlines;
    private final @Nullable DeadlineQueue queue;
    private final long nanos;

    private TimeLimit(Deadlines deadlines, @Nullable DeadlineQueue queue, long nanos) {
        this.deadlines = deadlines;
        this.queue = queue;
        this.nanos = nanos;
    }

    static TimeLimit configured(Deadlines deadlines, Duration duration) {
        DeadlineQueue queue = deadlines.queue(duration);
        return new TimeLimit(deadlines, queue, queue.nanos());
    }

    static TimeLimit ofRequest(Deadlines deadlines, long nanos) {
        return new TimeLimit(deadlines, null, nanos);
    }

    /** No limit. */
    boolean off() {
        return nanos == 0;
    }

    /** Zero is off. */
    long nanos() {
        return nanos;
    }

    /** Begins at a reading of {@link Deadlines#now}. */
    void start(Deadline deadline, long now) {
        if (queue != null) {
            queue.start(deadline, now);
        } else if (nanos != 0) {
            deadlines.start(deadline, now, nanos);
        }
    }
}
