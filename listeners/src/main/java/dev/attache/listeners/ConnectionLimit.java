package dev.attache.listeners;

import java.util.concurrent.atomic.AtomicLong;

/** At most so many connections at one time. Safe for use by all threads. */
final class ConnectionLimit {

    private volatile long max;
    private final AtomicLong open = new AtomicLong();

    /** A limit; {@code max} 0 means none. */
    ConnectionLimit(long max) {
        max(max);
    }

    /** Changes the limit; connections above a lower one go on. */
    final void max(long newMax) {
        max = newMax == 0 ? Long.MAX_VALUE : newMax;
    }

    boolean tryAcquire() {
        if (open.incrementAndGet() <= max) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    /** Takes one also where there is none: another one is about to be given back. */
    void acquire() {
        open.incrementAndGet();
    }

    void release() {
        open.decrementAndGet();
    }

    long open() {
        return open.get();
    }
}
