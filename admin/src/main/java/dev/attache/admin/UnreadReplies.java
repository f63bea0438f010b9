package dev.attache.admin;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the memory the answers take that wait for clients to read them. Small ones, such as whether the proxy is
 * ready, need no room. Safe for use by all threads.
 */
final class UnreadReplies {

    static final int SMALL = 4 * 1024;

    private final long most;
    private final AtomicLong held = new AtomicLong();

    /** At most so many bytes; one answer is let through whatever its size. */
    UnreadReplies(long most) {
        this.most = most;
    }

    /** A sixteenth of the heap. */
    static UnreadReplies ofThisMemory() {
        return new UnreadReplies(Runtime.getRuntime().maxMemory() / 16);
    }

    /** Takes room for an answer, if there is some. */
    boolean take(long bytes) {
        long before = held.getAndAdd(bytes);
        if (bytes <= SMALL || before == 0 || before + bytes <= most) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /** Gives it back. */
    void release(long bytes) {
        held.addAndGet(-bytes);
    }
}
