package dev.attache.admin;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * A limit of the processor's time that one thread, of the system's own, may take for something. For one thread.
 */
final class ProcessorTime {

    /** More was asked for than is given. */
    static final class SpentException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SpentException(String message) {
            super(message, null, false, false);
        }
    }

    /** Steps from one reading of the clock to the next. */
    private static final int STEPS = 16;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Duration most;
    private final long end;
    private int steps;

    /** Time that begins now. */
    ProcessorTime(Duration most) {
        this.most = most;
        this.end = now() + most.toNanos();
    }

    /**
     * Before a step of no great cost.
     *
     * @throws SpentException when the time is over
     */
    void step() {
        if (steps++ % STEPS == 0 && now() - end > 0) {
            throw new SpentException("this takes more than " + most.toMillis() + " ms of the processor");
        }
    }

    private long now() {
        long used = threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : -1;
        return used < 0 ? System.nanoTime() : used; // Where it is not told, time as it passes.
    }
}
