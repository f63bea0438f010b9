package dev.attache.core.upstream;

import java.time.Duration;

/** Time as discovery sees it. */
interface RefreshClock {

    RefreshClock SYSTEM = new RefreshClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }
    };

    /** A point in time, to compare with others. */
    long nanos();

    /** Waits. */
    void sleep(Duration time) throws InterruptedException;
}
