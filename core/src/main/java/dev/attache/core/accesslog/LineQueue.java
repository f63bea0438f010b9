package dev.attache.core.accesslog;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lines on their way to the writing thread, bounded in bytes. Putting one in never waits: where there is no room, the
 * line is dropped and counted. Many threads put in, one takes out.
 */
final class LineQueue {

    /** A line and where it goes. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Line(LogSink sink, byte[] bytes) {}

    /** What a queued line costs besides its bytes: array header, record, queue node. */
    private static final long OVERHEAD = 64;

    private final ConcurrentLinkedQueue<Line> lines = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final long maxBytes;
    private final LogTrouble trouble;
    private volatile boolean closed;
    private volatile boolean woken;
    private volatile @Nullable Thread waiting;

    LineQueue(long maxBytes, LogTrouble trouble) {
        this.maxBytes = maxBytes;
        this.trouble = trouble;
    }

    void offer(LogSink sink, byte[] bytes) {
        long cost = bytes.length + OVERHEAD;
        if (closed) {
            trouble.dropped(1, "the log is closed");
        } else if (queuedBytes.addAndGet(cost) > maxBytes) {
            queuedBytes.addAndGet(-cost);
            trouble.dropped(1, "the disk is slower than the requests");
        } else {
            lines.add(new Line(sink, bytes));
            unpark();
        }
    }

    /** The next line; null where there is none now. */
    @Nullable
    Line poll() {
        Line line = lines.poll();
        if (line != null) {
            queuedBytes.addAndGet(-(line.bytes.length + OVERHEAD));
        }
        return line;
    }

    /** Waits until there may be a line, or {@link #wake} is called; may return early. */
    void await() {
        waiting = Thread.currentThread();
        if (lines.isEmpty() && !woken) {
            LockSupport.park(this);
        }
        waiting = null;
        woken = false;
    }

    /** Ends the wait of the writing thread, now or when it begins. */
    void wake() {
        woken = true;
        unpark();
    }

    /** Costs a system call only while the writing thread sleeps. */
    private void unpark() {
        Thread sleeper = waiting;
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }

    /** Takes no more lines. */
    void close() {
        closed = true;
        wake();
    }

    boolean closed() {
        return closed;
    }

    long bytes() {
        return queuedBytes.get();
    }
}
