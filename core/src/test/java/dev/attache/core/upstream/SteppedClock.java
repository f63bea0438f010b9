package dev.attache.core.upstream;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A clock that stands still until the test wakes a sleeper. */
final class SteppedClock implements RefreshClock {

    private final LinkedBlockingQueue<Duration> sleeps = new LinkedBlockingQueue<>();
    private final Semaphore wakes = new Semaphore(0);
    private final Semaphore interrupted = new Semaphore(0);
    private volatile long nanos = 1_000;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        sleeps.add(time);
        try {
            wakes.acquire();
        } catch (InterruptedException e) {
            interrupted.release();
            throw e;
        }
    }

    /** Waits until a sleeper was interrupted. */
    void awaitInterrupt() throws InterruptedException {
        if (!interrupted.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody was interrupted");
        }
    }

    /** Waits until somebody sleeps, and says how long he means to. All that he did before is then done. */
    Duration awaitSleep() throws InterruptedException {
        Duration sleep = sleeps.poll(30, TimeUnit.SECONDS);
        if (sleep == null) {
            throw new AssertionError("nobody sleeps");
        }
        return sleep;
    }

    /** Moves the clock and wakes one sleeper. */
    void wakeAfter(Duration time) {
        nanos += time.toNanos();
        wakes.release();
    }

    /** Wakes the sleeper after the time he meant to sleep, and waits until he sleeps again. */
    Duration next(Duration slept) throws InterruptedException {
        wakeAfter(slept);
        return awaitSleep();
    }
}
