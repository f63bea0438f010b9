package dev.attache.core.upstream.http1;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Cancellation;
import dev.attache.core.policy.Failure;
import dev.attache.core.upstream.AttemptFailure;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.Connector;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of a cluster, the one used last first, and who waits for one. Counts are exact: a connection
 * holds a permit from before it is opened until it is closed, and a permit that becomes free while somebody waits is
 * handed over without ever being free.
 *
 * <p>Two things never are at the same time: idle connections, and requests that wait. A request that meets the limit
 * first takes the place of an idle connection to another endpoint.
 */
final class ConnectionPool implements Connector.Owner {

    /** How often idle connections are looked at. */
    private static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);

    /** Idle connections that are looked at without letting requests in between. */
    private static final int SWEEP_BATCH = 16;

    private static final long TRIM_AFTER_NANOS = 1_000_000_000;

    /** Who ends a connection. */
    enum End {
        LOCAL,
        REMOTE
    }

    private final ClusterStats stats;
    private final Limits limits;
    private final SlowUploads slowUploads;
    private final long idleTimeoutNanos;
    private final long maxRequests;
    private final DeadlineQueue sweeps;
    private final DeadlineQueue pendingTimeout;

    private final Object lock = new Object();

    // Guarded by lock. In a list the connection that was used last is at the end.
    private final Map<Object, List<Connection>> idle = new HashMap<>();
    private final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>();
    private int idleCount;
    private boolean sweeping;
    private boolean closed;

    /** A request that waits at the limit. What it is granted is guarded by the lock. */
    private static final class Waiter extends Deadline {
        private final Object key;
        private final boolean fresh;
        private final Thread thread = Thread.currentThread();
        private volatile boolean granted;
        private volatile boolean late;
        private @Nullable Connection connection;

        Waiter(Object key, boolean fresh) {
            this.key = key;
            this.fresh = fresh;
        }

        void grant(@Nullable Connection newConnection) {
            connection = newConnection;
            granted = true;
            LockSupport.unpark(thread);
        }

        @Override
        protected void expired() {
            late = true;
            LockSupport.unpark(thread);
        }
    }

    /** Begins a sweep on a thread of its own, for the deadline thread has no time for it. */
    private final class SweepDeadline extends Deadline {
        @Override
        protected void expired() {
            Thread.ofVirtual().name("attache-sweep").start(ConnectionPool.this::sweep);
        }
    }

    ConnectionPool(
            ClusterConfig config, ClusterStats stats, Limits limits, SlowUploads slowUploads, Deadlines deadlines) {
        this.stats = stats;
        this.limits = limits;
        this.slowUploads = slowUploads;
        this.idleTimeoutNanos = config.idleTimeout().isZero() ? Long.MAX_VALUE : Nanos.of(config.idleTimeout());
        this.maxRequests = config.maxRequestsPerConnection() == 0 ? Long.MAX_VALUE : config.maxRequestsPerConnection();
        Duration period = idleTimeoutNanos < Nanos.of(SWEEP_PERIOD) ? config.idleTimeout() : SWEEP_PERIOD;
        this.sweeps = deadlines.queue(period);
        this.pendingTimeout = deadlines.queue(config.pendingTimeout());
    }

    /**
     * Takes an idle connection, or the right to open one; waits at the limit.
     *
     * @param fresh whether only a new connection will do
     * @return null when the caller may open a connection, for which it holds a permit now
     */
    @Nullable
    Connection acquire(Object key, Endpoint endpoint, boolean fresh, Cancellation cancellation) throws AttemptFailure {
        Waiter waiter = null;
        Connection victim;
        synchronized (lock) {
            if (!fresh) {
                Connection connection = takeIdle(key);
                if (connection != null) {
                    return connection;
                }
            }
            stats.upstreamRqPendingTotal.increment();
            if (limits.connections().tryAcquire()) {
                return null;
            }
            victim = takeOldestIdle();
            if (victim == null) {
                stats.upstreamCxOverflow.increment();
                if (limits.connections().max() == 0 || !limits.pending().tryAcquire()) {
                    stats.upstreamRqPendingOverflow.increment();
                    throw new AttemptFailure(Failure.OVERFLOW, "");
                }
                waiter = new Waiter(key, fresh);
                waiters.add(waiter);
            }
        }
        if (victim != null) {
            destroy(victim, End.LOCAL, false); // Its permit is ours now.
        }
        return waiter == null ? null : await(waiter, cancellation);
    }

    private @Nullable Connection await(Waiter waiter, Cancellation cancellation) throws AttemptFailure {
        stats.upstreamRqPendingActive.increment();
        pendingTimeout.start(waiter);
        if (cancellation.guard(cause -> LockSupport.unpark(waiter.thread))) {
            while (!waiter.granted
                    && !waiter.late
                    && cancellation.cause() == null
                    && !Thread.currentThread().isInterrupted()) {
                slowUploads.look(limits.pending().used());
                LockSupport.parkNanos(this, SlowUploads.LOOK_NANOS);
            }
        }
        boolean wanted = cancellation.unguard() && !Thread.currentThread().isInterrupted();
        synchronized (lock) {
            waiters.remove(waiter);
            limits.pending().release();
        }
        waiter.cancel();
        stats.upstreamRqPendingActive.decrement();
        if (wanted && waiter.granted) {
            return waiter.connection;
        }
        if (wanted) {
            stats.upstreamRqPendingOverflow.increment();
            throw new AttemptFailure(Failure.OVERFLOW, "");
        }
        if (waiter.granted) {
            if (waiter.connection == null) {
                permitIsFree();
            } else {
                release(waiter.connection);
            }
        }
        stats.upstreamRqCancelled.increment();
        throw AttemptFailure.givenUp(cancellation);
    }

    /** Takes the connection that was used last, if it may still be used. Under the lock. */
    private @Nullable Connection takeIdle(Object key) {
        List<Connection> connections = idle.get(key);
        if (connections == null || connections.isEmpty()) {
            return null;
        }
        if (connections.getLast().idleNanos(System.nanoTime()) > idleTimeoutNanos) {
            return null; // The others have been idle for even longer: they are the sweeper's.
        }
        idleCount--;
        return connections.removeLast();
    }

    /** Under the lock. */
    private @Nullable Connection takeOldestIdle() {
        if (idleCount == 0) {
            return null;
        }
        long now = System.nanoTime();
        List<Connection> where = null;
        for (List<Connection> connections : idle.values()) {
            if (!connections.isEmpty()
                    && (where == null
                            || connections.getFirst().idleNanos(now)
                                    > where.getFirst().idleNanos(now))) {
                where = connections;
            }
        }
        if (where == null) {
            return null;
        }
        idleCount--;
        return where.removeFirst();
    }

    /** Takes back a connection that may be used again, after its request is done. */
    void release(Connection connection) {
        if (connection.requests() >= maxRequests) {
            stats.upstreamCxMaxRequests.increment();
            discard(connection, End.LOCAL, false);
            return;
        }
        connection.rest();
        synchronized (lock) {
            Waiter next = firstFor(connection.key());
            if (next != null && !next.fresh) {
                waiters.remove(next);
                next.grant(connection);
                return;
            }
            if (waiters.isEmpty() && !closed && !connection.endpoint().removed()) {
                idle.computeIfAbsent(connection.key(), key -> new ArrayList<>(4))
                        .add(connection);
                idleCount++;
                if (!sweeping) {
                    sweeping = true;
                    sweeps.start(new SweepDeadline());
                }
                return;
            }
        }
        // To make room: for another endpoint, or for the one connection that must not have been used.
        discard(connection, End.LOCAL, false);
    }

    /** Who has waited longest for a connection of {@code key}; null where nobody does. Under the lock. */
    private @Nullable Waiter firstFor(Object key) {
        for (Waiter waiter : waiters) {
            if (waiter.key.equals(key)) {
                return waiter;
            }
        }
        return null;
    }

    /** Closes a connection and gives its permit back. */
    void discard(Connection connection, End end, boolean active) {
        destroy(connection, end, active);
        permitIsFree();
    }

    void protocolError() {
        stats.upstreamCxProtocolError.increment();
    }

    /** Counts a connection that is about to be opened. */
    @Override
    public void opening(Endpoint endpoint) {
        stats.upstreamCxTotal.increment();
        stats.upstreamCxActive.increment();
        endpoint.stats().cxTotal.increment();
        endpoint.stats().cxActive.incrementAndGet();
    }

    /** Takes back the permit of a connection that could not be opened. */
    @Override
    public void openingFailed(Endpoint endpoint, long began) {
        countEnd(endpoint, began, End.LOCAL, false);
        permitIsFree();
    }

    private void permitIsFree() {
        synchronized (lock) {
            if (waiters.isEmpty()) {
                limits.connections().release();
            } else {
                waiters.removeFirst().grant(null);
            }
        }
    }

    private void destroy(Connection connection, End end, boolean active) {
        connection.socket().finish();
        countEnd(connection.endpoint(), connection.opened(), end, active);
    }

    private void countEnd(Endpoint endpoint, long began, End end, boolean active) {
        endpoint.stats().cxActive.decrementAndGet();
        stats.upstreamCxActive.decrement();
        stats.upstreamCxDestroy.increment();
        (end == End.LOCAL ? stats.upstreamCxDestroyLocal : stats.upstreamCxDestroyRemote).increment();
        if (active) {
            stats.upstreamCxDestroyWithActiveRq.increment();
        }
        stats.upstreamCxLengthMs.recordNanos(System.nanoTime() - began);
    }

    /** Closes the idle connections to an endpoint; busy ones see by themselves that it is gone. */
    void removed(Endpoint endpoint) {
        List<Connection> ended = new ArrayList<>();
        synchronized (lock) {
            idle.values().removeIf(connections -> {
                connections.removeIf(connection -> connection.endpoint() == endpoint && ended.add(connection));
                return connections.isEmpty();
            });
            idleCount -= ended.size();
        }
        ended.forEach(connection -> discard(connection, End.LOCAL, false));
    }

    /** Closes the idle connections; busy ones are closed when they are given back. */
    void close() {
        List<Connection> ended = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            idle.values().forEach(ended::addAll);
            idle.clear();
            idleCount = 0;
        }
        ended.forEach(connection -> discard(connection, End.LOCAL, false));
    }

    /** Closes idle connections that are dead or have been idle for too long, and frees the buffers of the others. */
    private void sweep() {
        try {
            sweepAll();
        } finally {
            synchronized (lock) {
                sweeping = idleCount > 0;
                if (sweeping) {
                    sweeps.start(new SweepDeadline());
                }
            }
        }
    }

    private void sweepAll() {
        List<Object> keys;
        synchronized (lock) {
            keys = new ArrayList<>(idle.keySet());
        }
        for (Object key : keys) {
            int next = 0;
            while (next >= 0) {
                next = sweep(key, next);
            }
        }
        synchronized (lock) {
            idle.values().removeIf(List::isEmpty);
        }
    }

    /** Looks at the next few idle connections. Returns where to go on; -1 at the end. */
    private int sweep(Object key, int from) {
        List<Connection> overdue = new ArrayList<>();
        List<Connection> dead = new ArrayList<>();
        int next = from;
        boolean more = false;
        synchronized (lock) {
            List<Connection> connections = idle.get(key);
            if (connections != null) {
                long now = System.nanoTime();
                int looks = SWEEP_BATCH;
                while (next < connections.size() && looks-- > 0) {
                    Connection connection = connections.get(next);
                    if (connection.idleNanos(now) > idleTimeoutNanos) {
                        overdue.add(connections.remove(next));
                    } else if (connection.isDead()) {
                        dead.add(connections.remove(next));
                    } else {
                        if (connection.idleNanos(now) > TRIM_AFTER_NANOS) {
                            connection.trim();
                        }
                        next++;
                    }
                }
                idleCount -= overdue.size() + dead.size();
                more = next < connections.size();
            }
        }
        for (Connection connection : overdue) {
            stats.upstreamCxIdleTimeout.increment();
            discard(connection, End.LOCAL, false);
        }
        for (Connection connection : dead) {
            discard(connection, End.REMOTE, false);
        }
        return more ? next : -1;
    }
}
