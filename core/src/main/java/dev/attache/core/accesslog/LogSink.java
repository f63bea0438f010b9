package dev.attache.core.accesslog;

import dev.attache.core.vital.VitalThread;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place that lines are written to, with a bounded queue and a thread of its own: a pipe that nobody reads holds up
 * no other. Putting a line in never waits; where there is no room, the line is dropped and counted. The thread begins
 * with the first line. Safe for use by all threads.
 *
 * <p>A sink that no configuration names any more is retired: it lets go of its thread and its file once it has written
 * everything. A line that comes later, of a request that went on, opens both again for as long as it takes.
 */
final class LogSink {

    private static final Logger LOG = LoggerFactory.getLogger(LogSink.class);

    /** Pause after the first line, so that a busy proxy writes many at once and is not woken for each. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** What a queued line costs besides its bytes: array header and queue node. */
    private static final long OVERHEAD = 64;

    private static final int LINES_BEFORE_FLUSH = 4096;

    /** A wish to have the file opened anew. */
    static final class Reopening {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile boolean opened;

        /** Whether the file is open anew within that time. */
        boolean await(long nanos) throws InterruptedException {
            return done.await(nanos, TimeUnit.NANOSECONDS) && opened;
        }
    }

    private final String name;
    private final LogTarget target;
    private final LineBuffer buffer;
    private final LogTrouble trouble;
    private final LongSupplier room;
    private final ConcurrentLinkedQueue<byte[]> lines = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicReference<@Nullable Reopening> reopening = new AtomicReference<>();
    private volatile boolean closed;
    private volatile boolean retired;
    private volatile boolean woken;
    private volatile @Nullable Thread waiting;
    private volatile @Nullable Thread thread;

    /**
     * A sink whose target is open.
     *
     * @param room bytes that may wait in it now
     */
    LogSink(String name, LogTarget target, LogTrouble trouble, LogStats stats, LongSupplier room) {
        this.name = name;
        this.target = target;
        this.trouble = trouble;
        this.buffer = new LineBuffer(name, target, trouble, stats);
        this.room = room;
    }

    void offer(byte[] line) {
        long cost = line.length + OVERHEAD;
        if (closed) {
            trouble.dropped(1, "the log is closed");
        } else if (queuedBytes.addAndGet(cost) > room.getAsLong()) {
            queuedBytes.addAndGet(-cost);
            trouble.dropped(1, name + " is slower than the requests");
        } else {
            lines.add(line);
            if (thread == null) {
                begin();
            }
            unpark();
        }
    }

    private synchronized void begin() {
        if (thread == null && !closed) {
            thread = Thread.ofPlatform().daemon().name("attache-access-log").start(() -> VitalThread.run(this::write));
        }
    }

    long bytes() {
        return queuedBytes.get();
    }

    private void write() {
        if (retired) {
            buffer.reopen();
        }
        int unflushed = 0;
        while (true) {
            // Asked before the queue: a line that came before the close is then found in it.
            boolean ending = closed || retired;
            byte[] line = poll();
            if (line != null) {
                buffer.add(line);
                if (++unflushed < LINES_BEFORE_FLUSH) {
                    continue;
                }
            }
            unflushed = 0;
            buffer.flush();
            Reopening asked = reopening.getAndSet(null);
            if (asked != null) {
                reopen(asked);
            } else if (line == null && ending) {
                if (end()) {
                    return;
                }
            } else if (line == null) {
                await();
                LockSupport.parkNanos(GATHER_NANOS);
            }
        }
    }

    /** Lets go of thread and file, unless a line has come since. Whoever puts one in later begins a new thread. */
    private synchronized boolean end() {
        if (!lines.isEmpty()) {
            return false;
        }
        thread = null;
        if (!lines.isEmpty()) {
            thread = Thread.currentThread();
            return false;
        }
        closeTarget();
        return true;
    }

    private byte @Nullable [] poll() {
        byte[] line = lines.poll();
        if (line != null) {
            queuedBytes.addAndGet(-(line.length + OVERHEAD));
        }
        return line;
    }

    /** Waits until there may be something to do; may return early. */
    private void await() {
        waiting = Thread.currentThread();
        if (lines.isEmpty() && !woken) {
            LockSupport.park(this);
        }
        waiting = null;
        woken = false;
    }

    private void wake() {
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

    /** Asks for the file to be opened anew, behind the lines that wait. */
    Reopening reopen() {
        Reopening asked = new Reopening();
        Reopening pending = reopening.compareAndExchange(null, asked);
        begin();
        wake();
        return pending == null ? asked : pending;
    }

    private void reopen(Reopening asked) {
        asked.opened = !closed && buffer.reopen();
        asked.done.countDown();
    }

    /** Lets go of the file and the thread as soon as everything is written. */
    void retire() {
        retired = true;
        synchronized (this) {
            if (thread == null && lines.isEmpty()) {
                closeTarget();
                return;
            }
        }
        wake();
    }

    /** Takes no more lines; those that wait are still written. */
    void closing() {
        closed = true;
        wake();
    }

    /** Whether everything is written within that time. */
    boolean written(long nanos) throws InterruptedException {
        Thread writer = thread;
        return writer == null || writer.join(Duration.ofNanos(Math.max(1, nanos)));
    }

    /** Closes the target, which ends a write that waits, and drops what is left. */
    void close() {
        closed = true;
        closeTarget();
        while (poll() != null) {
            trouble.dropped(1, "the log was closed before it was written");
        }
    }

    private void closeTarget() {
        try {
            target.close();
        } catch (IOException broken) {
            LOG.warn("access log {} cannot be closed: {}", name, broken.toString());
        }
    }
}
