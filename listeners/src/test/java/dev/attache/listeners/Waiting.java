package dev.attache.listeners;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits for what other threads do, where nothing can call back. */
final class Waiting {

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long STEADY_NANOS = 500_000_000L;
    private static final long PAUSE_NANOS = 2_000_000L;

    private Waiting() {}

    static void until(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                throw new AssertionError("did not come to pass");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Waits until a value has not changed for a while. */
    static void untilSteady(LongSupplier value) {
        long last = value.getAsLong();
        long since = System.nanoTime();
        while (System.nanoTime() - since < STEADY_NANOS) {
            LockSupport.parkNanos(PAUSE_NANOS);
            if (value.getAsLong() != last) {
                last = value.getAsLong();
                since = System.nanoTime();
            }
        }
    }
}
