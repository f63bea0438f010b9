package dev.attache.core.http2;

import dev.attache.core.deadline.Deadlines;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * What the codecs of all connections of one proxy run on. Nothing of the codec's library is loaded before it is asked
 * for. Safe for use by all threads.
 */
public final class CodecThreads {

    private static final ThreadFactory THREADS =
            Thread.ofVirtual().name("attache-codec").factory();

    private static final int BUFFER_STEP = 1024;
    /** Heads are written into buffers of the size that they may have at most. */
    private static final int LARGEST_BUFFER = 128 * 1024;

    /** Bytes of buffers that are kept for later, on the heap and off it each. */
    private static final long MOST_KEPT = 4 * 1024 * 1024;

    private final Deadlines deadlines;
    private @Nullable Scheduler scheduler; // Guarded by this, like the other.
    private @Nullable ByteBufferPool buffers;

    /**
     * Threads and buffers of one proxy.
     *
     * @param deadlines what is due later becomes one of these
     */
    public CodecThreads(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /** A virtual thread for each task. */
    public Executor executor() {
        // No more than an executor: were it one of the library's pools, a codec might handle a request on the thread
        // that reads.
        return task -> THREADS.newThread(task).start();
    }

    /** What is due later. */
    public synchronized Scheduler scheduler() {
        Scheduler made = scheduler;
        if (made == null) {
            made = new DeadlineScheduler(deadlines);
            scheduler = made;
        }
        return made;
    }

    /** Buffers, which go round. */
    public synchronized ByteBufferPool buffers() {
        ByteBufferPool made = buffers;
        if (made == null) {
            made = new ArrayByteBufferPool(0, BUFFER_STEP, LARGEST_BUFFER, Integer.MAX_VALUE, MOST_KEPT, MOST_KEPT);
            buffers = made;
        }
        return made;
    }
}
