package dev.attache.core.upstream.http1;

import java.time.Duration;

/** Durations as nanoseconds. */
final class Nanos {

    private static final Duration LONGEST = Duration.ofDays(36500);

    private Nanos() {}

    /** Never overflows: what is longer than a century is a century. */
    static long of(Duration duration) {
        return (duration.compareTo(LONGEST) > 0 ? LONGEST : duration).toNanos();
    }
}
