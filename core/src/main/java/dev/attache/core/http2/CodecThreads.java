package dev.attache.core.http2;

import dev.attache.core.deadline.Deadlines;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * What the codecs of connections run on. Safe for use by all threads.
 *
 * @param executor  a virtual thread for each task
 * @param scheduler what is due later
 * @param buffers   buffers, which go round
 */
public record CodecThreads(Executor executor, Scheduler scheduler, ByteBufferPool buffers) {

    private static final ThreadFactory THREADS =
            Thread.ofVirtual().name("attache-codec").factory();

    /** Bytes of buffers that are kept for later, on the heap and off it each. */
    private static final long MOST_KEPT = 4 * 1024 * 1024;

    /**
     * Threads and buffers of one proxy.
     *
     * @param deadlines what is due later becomes one of these
     */
    public static CodecThreads of(Deadlines deadlines) {
        // No more than an executor: were it one of Jetty's pools, a codec might handle a request on the thread that
        // reads.
        return new CodecThreads(
                task -> THREADS.newThread(task).start(),
                new DeadlineScheduler(deadlines),
                new ArrayByteBufferPool(0, 1024, 64 * 1024, Integer.MAX_VALUE, MOST_KEPT, MOST_KEPT));
    }
}
