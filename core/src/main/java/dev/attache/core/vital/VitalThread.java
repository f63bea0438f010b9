package dev.attache.core.vital;

import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a thread does on which everything depends, and which must therefore not end by what is thrown in it, an error of
 * the JVM included: it goes on after a pause, longer each time.
 */
public final class VitalThread {

    /** What the thread does, until it is done. */
    @FunctionalInterface
    public interface Work {
        void run() throws InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(VitalThread.class);
    private static final long FIRST_PAUSE = 10_000_000;
    private static final long LONGEST_PAUSE = 1_000_000_000;

    private VitalThread() {}

    /** Runs {@code work} on the calling thread until it returns, or is interrupted; again after whatever it throws. */
    public static void run(Work work) {
        for (long pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            try {
                work.run();
                return;
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                return;
            } catch (Throwable broken) {
                survived(broken);
            }
            LockSupport.parkNanos(pause);
        }
    }

    /** Tells of what was thrown where all goes on; throws nothing itself. */
    @SuppressWarnings("CatchingUnchecked") // To say it may take the memory that is lacking.
    public static void survived(Throwable broken) {
        try {
            OutOfMemory.look(broken);
            LOG.error("{} goes on after what it has met", Thread.currentThread().getName(), broken);
        } catch (Throwable again) {
            // What matters is that the thread goes on.
        }
    }
}
