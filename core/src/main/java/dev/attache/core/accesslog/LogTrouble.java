package dev.attache.core.accesslog;

import dev.attache.core.stats.Counter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines that were lost: counts all of them, and says so in the application log once a minute. Safe for all threads. */
final class LogTrouble {

    private static final Logger LOG = LoggerFactory.getLogger(LogTrouble.class);
    private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private final Counter dropped;
    private final LongSupplier nanoTime;
    private final AtomicLong unsaid = new AtomicLong();
    private final AtomicLong nextWarning;

    LogTrouble(Counter dropped, LongSupplier nanoTime) {
        this.dropped = dropped;
        this.nanoTime = nanoTime;
        this.nextWarning = new AtomicLong(nanoTime.getAsLong());
    }

    void dropped(long lines, String reason) {
        dropped.add(lines);
        unsaid.addAndGet(lines);
        long now = nanoTime.getAsLong();
        long due = nextWarning.get();
        if (now - due >= 0 && nextWarning.compareAndSet(due, now + INTERVAL)) {
            LOG.warn("access log: {} lines dropped, the last one because {}", unsaid.getAndSet(0), reason);
        }
    }
}
