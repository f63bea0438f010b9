package dev.attache.core.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * The file descriptors of this process: how many it may have, and about how many it has. Whoever is about to open one
 * asks first, and says how many have to be left for those who must not go without: logs and name servers before all, then
 * the operator's connections, then connections to upstreams, then those of new clients.
 *
 * <p>What is open is counted from time to time, for that takes as long as there are descriptors; in between each one that
 * is granted counts, and none that is closed, so that the estimate errs on the safe side. Where the system does not tell
 * (anything but Linux) all is granted. Safe for use by all threads.
 */
public final class Descriptors {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final String LIMIT = "Max open files";

    /** Counting takes at most this part of the time. */
    private static final int PART_OF_TIME = 50;

    private static final long COUNT_AGAIN_NANOS = 1_000_000_000;
    private static final long SHORTEST_NANOS = 1_000_000;

    private static final Descriptors OF_PROCESS =
            new Descriptors(limitOfProcess(), Descriptors::openOfProcess, System::nanoTime);

    private final long limit;
    private final LongSupplier open;
    private final LongSupplier clock;

    private long counted; // This and the rest: guarded by this.
    private long granted;
    private long countedAt;
    private long countingTook;
    private boolean known;

    /** Descriptors of somebody's own, for tests; {@code limit} {@link Long#MAX_VALUE} is none. */
    public Descriptors(long limit, LongSupplier open, LongSupplier clock) {
        this.limit = limit;
        this.open = open;
        this.clock = clock;
    }

    /** Those of this process. */
    public static Descriptors ofProcess() {
        return OF_PROCESS;
    }

    /** How many there may be; {@link Long#MAX_VALUE} where that is not known. */
    public long limit() {
        return limit;
    }

    /** What is kept for files and name servers. */
    public long spare() {
        return limit == Long.MAX_VALUE ? 0 : Math.clamp(limit / 32, 4, 64);
    }

    /** What is kept for the operator's connections besides. */
    public long aside() {
        return limit == Long.MAX_VALUE ? 64 : Math.clamp(limit / 16, 8, 64);
    }

    /** Takes one where at least {@code left} are left after it. Unless it is used, {@link #giveBack} follows. */
    public synchronized boolean take(long left) {
        if (limit == Long.MAX_VALUE) {
            return true;
        }
        long now = clock.getAsLong();
        long age = now - countedAt;
        boolean enough = known && limit - counted - granted - 1 >= left;
        long rest = Math.max(enough ? COUNT_AGAIN_NANOS : SHORTEST_NANOS, PART_OF_TIME * countingTook);
        if (!known || age >= rest) {
            count(now);
            enough = limit - counted - 1 >= left;
        }
        if (enough) {
            granted++;
        }
        return enough;
    }

    /** What was taken is not used after all. */
    public synchronized void giveBack() {
        granted = Math.max(0, granted - 1);
    }

    private void count(long now) {
        counted = open.getAsLong();
        granted = 0;
        known = true;
        countedAt = clock.getAsLong();
        countingTook = countedAt - now;
    }

    private static long limitOfProcess() {
        try {
            return Files.readAllLines(LIMITS).stream()
                    .filter(line -> line.startsWith(LIMIT))
                    .map(line -> line.substring(LIMIT.length()).strip().split("\\s+", 2)[0])
                    .map(Descriptors::number)
                    .flatMapToLong(OptionalLong::stream)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException | RuntimeException notTold) {
            return Long.MAX_VALUE;
        }
    }

    private static OptionalLong number(String text) {
        return text.chars().allMatch(Character::isDigit) ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private static long openOfProcess() {
        String[] open = OPEN.toFile().list();
        // The folder cannot be read where there is no descriptor left to read it by.
        return open == null ? OF_PROCESS.limit : open.length;
    }
}
