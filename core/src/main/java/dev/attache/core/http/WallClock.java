package dev.attache.core.http;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The wall clock at readings of {@code System.nanoTime()}, which each request makes anyway. It is looked at anew once a
 * second at most, so what an administrator does to it shows within a second. Safe for use by all threads.
 */
public final class WallClock {

    private static final long TRUSTED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Both clocks at one moment are read within this, or the reader was kept from it and tries once more. */
    private static final long MOMENT_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private static final int TRIES = 5;

    private record Moment(long nanoTime, long sinceEpoch) {}

    private static volatile Moment last = look();

    private WallClock() {}

    /**
     * Milliseconds since the epoch.
     *
     * @param nanoTime a reading of {@code System.nanoTime()}, of now or before
     */
    public static long millis(long nanoTime) {
        Moment known = last;
        if (nanoTime - known.nanoTime > TRUSTED_NANOS) {
            known = look();
            last = known;
        }
        return Math.floorDiv(known.sinceEpoch + (nanoTime - known.nanoTime), 1_000_000);
    }

    private static Moment look() {
        for (int tries = 1; ; tries++) {
            long before = System.nanoTime();
            Instant now = Instant.now();
            long after = System.nanoTime();
            if (after - before <= MOMENT_NANOS || tries == TRIES) {
                long sinceEpoch = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
                return new Moment(before + (after - before) / 2, sinceEpoch);
            }
        }
    }
}
