package dev.attache.core.deadline;

import org.jspecify.annotations.Nullable;

/** Holds running deadlines, under its own lock; what is due is taken out first and told afterwards, without the lock. */
abstract sealed class DeadlineHolder permits DeadlineQueue, DeadlineHeap {

    final Deadlines deadlines;

    DeadlineHolder(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /** Puts {@code deadline} in; called under the lock. Returns whether it is the first one now. */
    abstract boolean add(Deadline deadline);

    /** Takes {@code deadline}, which is held here, out; called under the lock. */
    abstract void remove(Deadline deadline);

    /** The earliest one; called under the lock. */
    abstract @Nullable Deadline first();

    /** Begins {@code deadline}, which is due {@code nanos} after {@code now}, a reading of the clock; never before. */
    final void start(Deadline deadline, long now, long nanos) {
        synchronized (this) {
            if (deadline.state == Deadline.State.QUEUED
                    || (deadline.state == Deadline.State.EXPIRING && !deadlines.isCurrentThread())) {
                throw new IllegalStateException("deadline is " + deadline.state + " (expected: not running)");
            }
            deadline.instant = now + nanos;
            deadline.holder = this;
            deadline.state = Deadline.State.QUEUED;
            if (!add(deadline)) {
                return; // The thread wakes for an earlier one anyway.
            }
        }
        deadlines.wakeBefore(now + nanos);
    }

    final boolean cancel(Deadline deadline) {
        synchronized (this) {
            if (deadline.holder != this || deadline.state != Deadline.State.QUEUED) {
                return deadline.state == Deadline.State.IDLE;
            }
            remove(deadline);
            deadline.state = Deadline.State.IDLE;
            return true;
        }
    }

    /** Takes the first one out if it is due at {@code now}. */
    final synchronized @Nullable Deadline takeDue(long now) {
        Deadline first = first();
        if (first == null || first.instant - now > 0) {
            return null;
        }
        remove(first);
        first.state = Deadline.State.EXPIRING;
        return first;
    }

    /** The instant of the first one, or {@code otherwise} if that is earlier. */
    final synchronized long earliest(long otherwise) {
        Deadline first = first();
        return first == null || first.instant - otherwise > 0 ? otherwise : first.instant;
    }
}
