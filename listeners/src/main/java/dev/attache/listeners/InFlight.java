package dev.attache.listeners;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the requests in progress, so that one can wait for the last of them. Safe for use by all threads. */
final class InFlight {

    private final AtomicLong requests = new AtomicLong();
    private volatile boolean awaited;

    void begun() {
        requests.incrementAndGet();
    }

    void ended() {
        if (requests.decrementAndGet() == 0 && awaited) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    long count() {
        return requests.get();
    }

    /** Waits until no request is in progress, at most for {@code limit}; returns whether that came to pass. */
    synchronized boolean awaitNone(Duration limit) throws InterruptedException {
        awaited = true;
        long deadline = System.nanoTime() + limit.toNanos();
        while (requests.get() > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        return true;
    }
}
