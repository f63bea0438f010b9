package dev.attache.core.policy;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Cancellation;
import java.util.concurrent.locks.LockSupport;

/**
 * A wait for nothing but time. The thread parks without a time limit, which costs a virtual thread much less; a deadline
 * wakes it, or the cancellation. (Failsafe by itself would sleep, and could be woken by an interrupt only.)
 */
final class Pause extends Deadline {

    private final Thread waiter = Thread.currentThread();
    private volatile boolean over;

    private Pause() {}

    /**
     * Waits on the calling thread.
     *
     * @return false when the wait was cancelled, or the thread interrupted; its flag stays set
     */
    static boolean await(long nanos, Deadlines deadlines, Cancellation cancellation) {
        if (nanos <= 0) {
            return cancellation.cause() == null;
        }
        Pause pause = new Pause();
        if (!cancellation.guard(cause -> pause.expired())) {
            return false;
        }
        deadlines.start(pause, nanos);
        while (!pause.over && !pause.waiter.isInterrupted()) {
            LockSupport.park(pause);
        }
        pause.cancel();
        return cancellation.unguard() && !pause.waiter.isInterrupted();
    }

    @Override
    protected void expired() {
        over = true;
        LockSupport.unpark(waiter);
    }
}
