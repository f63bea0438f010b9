package dev.attache.tls;

import dev.attache.core.vital.VitalThread;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has files looked at again and again, by one thread for all, which lives while there is something to look at. Safe for
 * use by all threads.
 *
 * <p>Looking sees what notices of the system would tell (writes, renames, links that lead elsewhere), and besides what
 * they do not tell on network file systems; it needs no descriptors, and no knowledge of folders.
 */
final class FileWatch {

    /** A changed file is looked at twice before it is read: the new one is seen well within a second. */
    static final Duration PERIOD = Duration.ofMillis(250);

    private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

    private final Duration period;
    private final Set<CertificateUser> users = ConcurrentHashMap.newKeySet();
    private @Nullable Thread thread;

    /** @param period time between two looks */
    FileWatch(Duration period) {
        this.period = period;
    }

    synchronized void add(CertificateUser one) {
        users.add(one);
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("attache-tls-files").start(() -> VitalThread.run(this::run));
        }
    }

    synchronized void remove(CertificateUser one) {
        users.remove(one);
        if (users.isEmpty()) {
            notifyAll();
        }
    }

    Set<CertificateUser> users() {
        return Set.copyOf(users);
    }

    private void run() {
        while (awaitNext()) {
            check();
        }
    }

    private synchronized boolean awaitNext() {
        long end = System.nanoTime() + period.toNanos();
        for (long left = period.toNanos(); left > 0 && !users.isEmpty(); left = end - System.nanoTime()) {
            try {
                wait(Math.max(1, Duration.ofNanos(left).toMillis()));
            } catch (InterruptedException ended) {
                // Nobody has this thread to interrupt.
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (users.isEmpty() || Thread.currentThread().isInterrupted()) {
            thread = null;
            return false;
        }
        return true;
    }

    /** Looks at all files once. */
    void check() {
        for (CertificateUser one : users) {
            try {
                one.look();
            } catch (RuntimeException broken) {
                log.error("certificate files cannot be looked at", broken);
            }
        }
    }
}
