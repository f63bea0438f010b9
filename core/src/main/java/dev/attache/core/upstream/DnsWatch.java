package dev.attache.core.upstream;

import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.net.DnsResolver.LookupException;
import dev.attache.core.vital.VitalThread;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks one name up again and again, on a virtual thread of its own. */
final class DnsWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DnsWatch.class);

    /** What a watch needs; the same for all names of a cluster. */
    record Needs(
            String cluster,
            DnsRefreshConfig config,
            DnsResolver resolver,
            ClusterStats stats,
            RefreshClock clock,
            RandomGenerator random) {}

    private final String name;
    private final Needs needs;
    private final RefreshSchedule schedule;
    private final Consumer<@Nullable List<InetAddress>> found;
    private final Thread thread;
    private volatile boolean closed;

    private volatile State state = new State(false, 0, "", 0);
    private boolean empty;
    private long emptySince;

    private record State(boolean succeeded, long successNanos, String error, int failures) {}

    /**
     * A watch, not yet begun.
     *
     * @param found hears the result of each look-up: addresses, or null where all stays as it was
     */
    DnsWatch(String name, Needs needs, Consumer<@Nullable List<InetAddress>> found) {
        this.name = name;
        this.needs = needs;
        this.found = found;
        this.schedule = new RefreshSchedule(needs.config(), needs.random());
        this.thread = Thread.ofVirtual().name("dns-" + name).unstarted(() -> VitalThread.run(this::run));
    }

    void start() {
        thread.start();
    }

    private void run() throws InterruptedException {
        while (!closed) {
            needs.clock().sleep(lookup());
        }
    }

    /** One look-up; returns the time until the next. */
    private Duration lookup() {
        needs.stats().updateAttempt.increment();
        DnsResolver.Answer answer;
        try {
            answer = needs.resolver().lookup(name, needs.config().family());
        } catch (LookupException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.warn("cluster {}: look-up of {} broke", needs.cluster(), name, e);
            return failed(e.toString());
        }
        if (!closed) {
            answered(answer.addresses());
        }
        return schedule.afterAnswer(answer.ttl());
    }

    private void answered(List<InetAddress> addresses) {
        if (state.failures() > 0) {
            LOG.info("cluster {}: {} is found again after {} failures", needs.cluster(), name, state.failures());
        }
        state = new State(true, needs.clock().nanos(), "", 0);
        needs.stats().updateSuccess.increment();
        if (addresses.isEmpty()) {
            needs.stats().updateEmpty.increment();
        }
        found.accept(heldBack(addresses) ? null : addresses);
    }

    /** Whether an answer without addresses is not yet believed. */
    private boolean heldBack(List<InetAddress> addresses) {
        long now = needs.clock().nanos();
        if (!addresses.isEmpty()) {
            empty = false;
            return false;
        }
        if (!empty) {
            empty = true;
            emptySince = now;
            LOG.warn("cluster {}: {} is without an address", needs.cluster(), name);
        }
        return now - emptySince < needs.config().emptyGrace().toNanos();
    }

    private Duration failed(String reason) {
        if (closed) {
            return Duration.ZERO;
        }
        State before = state;
        if (before.failures() == 0) {
            LOG.warn("cluster {}: look-up of {} failed, its last addresses stay: {}", needs.cluster(), name, reason);
        }
        state = new State(before.succeeded(), before.successNanos(), reason, before.failures() + 1);
        needs.stats().updateFailure.increment();
        found.accept(null);
        return schedule.afterFailure();
    }

    NameState state() {
        State now = state;
        Duration since = now.succeeded() ? Duration.ofNanos(needs.clock().nanos() - now.successNanos()) : null;
        return new NameState(name, since, now.error(), now.failures());
    }

    /** Ends the watch; a look-up under way is interrupted and its result dropped. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
