package dev.attache.core.upstream;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A clock that stands still until the test wakes a sleeper. */
final class SteppedClock implements RefreshClock {

    private final LinkedBlockingQueue<Duration> sleeps = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<CountDownLatch> sleepers = new LinkedBlockingQueue<>();
    private final Semaphore interrupted = new Semaphore(0);
    private volatile long nanos = 1_000;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        CountDownLatch woken = new CountDownLatch(1);
        sleepers.add(woken);
        sleeps.add(time);
        try {
            woken.await();
        } catch (InterruptedException e) {
            sleepers.remove(woken);
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

    /** Moves the clock and wakes the one who has slept the longest. */
    void wakeAfter(Duration time) throws InterruptedException {
        nanos += time.toNanos();
        CountDownLatch sleeper = sleepers.poll(30, TimeUnit.SECONDS);
        if (sleeper == null) {
            throw new AssertionError("nobody sleeps");
        }
        sleeper.countDown();
    }

    /** Wakes the sleeper after the time he meant to sleep, and waits until he sleeps again. */
    Duration next(Duration slept) throws InterruptedException {
        wakeAfter(slept);
        return awaitSleep();
    }
}
