package dev.attache.core.deadline;

import dev.attache.core.vital.VitalThread;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that gives up what takes too long. It wakes for instants, not for ticks, and never before one; a
 * thread that starts a deadline wakes it only where that deadline is earlier than its next wake-up, so that a busy
 * proxy whose deadlines are cancelled in time leaves it asleep.
 *
 * <p>How a wake-up cannot be lost: the thread first says that it will sleep for ever, then looks at all queues, then
 * says until when it sleeps. Whoever puts an entry first into a queue looks at that promise after it has done so: either
 * the thread has still to look at the queue, or the promise is one that the starter must shorten. Safe for use by all
 * threads.
 */
public final class Deadlines implements AutoCloseable {

    /** Longer is the same as this; half of what differences of nanoTime can tell apart. */
    private static final long LONGEST = Long.MAX_VALUE / 4;

    private static final long FOR_EVER = Long.MAX_VALUE / 2;

    private final LongSupplier ticker;
    private final ConcurrentHashMap<Long, DeadlineQueue> queues = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<DeadlineHolder> holders = new CopyOnWriteArrayList<>();
    private final DeadlineHeap heap = new DeadlineHeap(this);
    private final DeadlineQueue off = new DeadlineQueue(this, 0);
    private final AtomicLong nextWake;
    private @Nullable Thread thread;
    private volatile boolean closed;

    private Deadlines(LongSupplier ticker) {
        this.ticker = ticker;
        this.nextWake = new AtomicLong(ticker.getAsLong() + FOR_EVER);
        holders.add(heap);
    }

    /** Deadlines with a running thread of their own, a daemon named {@code attache-deadlines}. */
    public static Deadlines open() {
        Deadlines deadlines = new Deadlines(System::nanoTime);
        deadlines.thread =
                Thread.ofPlatform().daemon().name("attache-deadlines").unstarted(() -> VitalThread.run(deadlines::run));
        deadlines.thread.start();
        return deadlines;
    }

    /** Deadlines on the calling thread, for tests: {@link #expire} is called by hand. */
    static Deadlines manual(LongSupplier ticker) {
        Deadlines deadlines = new Deadlines(ticker);
        deadlines.thread = Thread.currentThread();
        return deadlines;
    }

    /**
     * The queue of a configured duration, made on first use; zero means off. Resolve once, when the graph is built, for
     * a queue stays: a duration that comes with a request belongs to {@link #start}.
     */
    public DeadlineQueue queue(Duration duration) {
        long nanos = nanos(duration);
        return nanos == 0 ? off : queues.computeIfAbsent(nanos, this::newQueue);
    }

    private DeadlineQueue newQueue(long nanos) {
        DeadlineQueue queue = new DeadlineQueue(this, nanos);
        holders.add(queue);
        return queue;
    }

    /**
     * Begins {@code deadline} with a duration that came with a request. Unlike a configured one, zero expires at once.
     *
     * @throws IllegalStateException when it is running, or expiring on the deadline thread
     */
    public void start(Deadline deadline, Duration duration) {
        heap.start(deadline, now(), nanos(duration));
    }

    /** As {@link #start(Deadline, Duration)}, in nanoseconds; less than zero expires at once. */
    public void start(Deadline deadline, long nanos) {
        start(deadline, now(), nanos);
    }

    /** As {@link #start(Deadline, long)}, where {@link #now} has just been read for something else. */
    public void start(Deadline deadline, long now, long nanos) {
        heap.start(deadline, now, Math.clamp(nanos, 0, LONGEST));
    }

    /** The clock that all instants belong to, as {@code System.nanoTime()}. */
    public long now() {
        return ticker.getAsLong();
    }

    private static long nanos(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration: " + duration + " (expected: zero or more)");
        }
        return duration.toSeconds() >= LONGEST / 1_000_000_000L ? LONGEST : duration.toNanos();
    }

    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    @Nullable
    Thread thread() {
        return thread;
    }

    int heapCapacity() {
        return heap.capacity();
    }

    int queueCount() {
        return queues.size();
    }

    /** Sees to it that the thread looks at the queues at {@code instant} or before. */
    void wakeBefore(long instant) {
        long promised = nextWake.get();
        while (instant - promised < 0) {
            // Shortened here as well, so that of many starters only those wake it that have to.
            if (nextWake.compareAndSet(promised, instant)) {
                LockSupport.unpark(thread);
                return;
            }
            promised = nextWake.get();
        }
    }

    private void run() {
        while (!closed) {
            long wake = expire();
            long nanos = wake - now();
            if (nanos > 0 && !closed) {
                LockSupport.parkNanos(this, nanos);
            }
        }
    }

    /** Tells what is due. Returns the instant of the next wake-up. */
    long expire() {
        nextWake.set(now() + FOR_EVER);
        for (DeadlineHolder holder : holders) {
            for (Deadline due = holder.takeDue(now()); due != null && !closed; due = holder.takeDue(now())) {
                tell(due);
            }
        }
        long wake = now() + FOR_EVER;
        for (DeadlineHolder holder : holders) {
            wake = holder.earliest(wake);
        }
        nextWake.set(wake);
        return wake;
    }

    @SuppressWarnings("CatchingUnchecked") // Nothing that one deadline does may end all the others.
    private static void tell(Deadline due) {
        try {
            due.expired();
        } catch (Throwable thrown) {
            VitalThread.survived(thrown);
        } finally {
            if (due.state == Deadline.State.EXPIRING) {
                due.state = Deadline.State.EXPIRED;
            }
        }
    }

    /** Ends the thread; what has not expired never will. */
    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running == null || isCurrentThread()) {
            return;
        }
        LockSupport.unpark(running);
        try {
            running.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
