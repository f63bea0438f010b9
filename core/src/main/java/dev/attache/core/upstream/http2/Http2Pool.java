package dev.attache.core.upstream.http2;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.Http2Config;
import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http2.Http2Settings;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.policy.Failure;
import dev.attache.core.upstream.AttemptFailure;
import dev.attache.core.upstream.AttemptFailure.Remedy;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.Connector;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a cluster. A request takes a stream of one that has room; one more is opened only where all are
 * full, by one request at a time for each endpoint. The others wait for it, each no longer than it would for a connection
 * of its own: when it cannot be opened, it fails for all of them. Safe for use by all threads.
 */
final class Http2Pool implements Connector.Owner {

    private final Http2Config config;
    private final Http2Settings settings;
    private final ClusterStats stats;
    private final Limits limits;
    private final Connector connector;
    private final Deadlines deadlines;
    private final boolean onlyIfAgreed;
    private final long maxRequests;
    private final long connectNanos;
    private final DeadlineQueue idleTimeout;
    private final DeadlineQueue pendingTimeout;
    private final DeadlineQueue keepaliveInterval;
    private final DeadlineQueue keepaliveTimeout;

    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<Object, List<Http2Connection>> connections = new HashMap<>();
    private final Map<Object, List<Waiter>> opening = new HashMap<>();
    private final List<Waiter> forRoom = new ArrayList<>();
    private boolean closed;

    /**
     * A pool without connections.
     *
     * @param onlyIfAgreed whether a peer that has not agreed to HTTP/2 (ALPN) is not spoken to
     */
    Http2Pool(
            ClusterConfig config,
            ClusterStats stats,
            Limits limits,
            @Nullable UpstreamTls tls,
            boolean onlyIfAgreed,
            Deadlines deadlines) {
        this.onlyIfAgreed = onlyIfAgreed;
        this.config = config.http2();
        this.settings = settings(config);
        this.stats = stats;
        this.limits = limits;
        this.connector = new Connector(config, stats, this, tls, deadlines);
        this.deadlines = deadlines;
        this.maxRequests = config.maxRequestsPerConnection() == 0 ? Long.MAX_VALUE : config.maxRequestsPerConnection();
        this.connectNanos = config.connectTimeout().toNanos();
        this.idleTimeout = deadlines.queue(config.idleTimeout());
        this.pendingTimeout = deadlines.queue(config.pendingTimeout());
        this.keepaliveInterval = deadlines.queue(config.http2().keepaliveInterval());
        this.keepaliveTimeout = deadlines.queue(config.http2().keepaliveTimeout());
    }

    private static Http2Settings settings(ClusterConfig config) {
        Http2Config http2 = config.http2();
        return new Http2Settings(
                true,
                1,
                http2.streamWindow(),
                http2.connectionWindow(),
                http2.headerTableSize(),
                config.maxResponseHeadersKb() * 1024,
                config.maxHeadersCount(),
                false,
                0,
                0,
                0);
    }

    ClusterStats stats() {
        return stats;
    }

    /** Takes a stream of a connection to {@code endpoint}; opens one, or waits, where there is no room. */
    Http2Connection acquire(
            Object key, Endpoint endpoint, String authority, Exchange exchange, Cancellation cancellation)
            throws AttemptFailure {
        boolean pending = false;
        long waitsSince = 0;
        try {
            while (true) {
                Waiter waiter;
                boolean forOpening;
                synchronized (lock) {
                    Http2Connection free = withRoom(key);
                    if (free != null) {
                        return free;
                    }
                    List<Waiter> others = opening.get(key);
                    if (others == null && limits.connections().tryAcquire()) {
                        opening.put(key, new ArrayList<>(0));
                        break;
                    }
                    forOpening = others != null;
                    if (!pending) {
                        admit(forOpening);
                        pending = true;
                    }
                    waiter = new Waiter(key);
                    (others == null ? forRoom : others).add(waiter);
                }
                if (forOpening) {
                    long now = deadlines.now();
                    waitsSince = waitsSince == 0 ? now : waitsSince;
                    deadlines.start(waiter, now, connectNanos - (now - waitsSince));
                } else {
                    pendingTimeout.start(waiter);
                }
                await(waiter, forOpening, cancellation);
            }
        } finally {
            if (pending) {
                limits.pending().release();
                stats.upstreamRqPendingActive.decrement();
            }
        }
        return open(key, endpoint, authority, exchange, cancellation);
    }

    /** One more request waits. Under the lock. */
    private void admit(boolean forOpening) throws AttemptFailure {
        stats.upstreamRqPendingTotal.increment();
        if (!forOpening) {
            stats.upstreamCxOverflow.increment();
        }
        if (limits.connections().max() == 0 || !limits.pending().tryAcquire()) {
            stats.upstreamRqPendingOverflow.increment();
            throw new AttemptFailure(Failure.OVERFLOW, "");
        }
        stats.upstreamRqPendingActive.increment();
    }

    private void await(Waiter waiter, boolean forOpening, Cancellation cancellation) throws AttemptFailure {
        boolean wanted = waiter.await(cancellation);
        waiter.cancel();
        synchronized (lock) {
            forRoom.remove(waiter);
            List<Waiter> others = opening.get(waiter.key());
            if (others != null) {
                others.remove(waiter);
            }
        }
        if (!wanted) {
            stats.upstreamRqCancelled.increment();
            throw AttemptFailure.givenUp(cancellation);
        }
        AttemptFailure failure = waiter.failure();
        if (failure != null) {
            throw failure;
        }
        if (waiter.isLate()) {
            if (forOpening) {
                throw new AttemptFailure(Failure.CONNECT_TIMEOUT, "");
            }
            stats.upstreamRqPendingOverflow.increment();
            throw new AttemptFailure(Failure.OVERFLOW, "");
        }
    }

    /** Takes a stream where there is room for one. Under the lock. */
    private @Nullable Http2Connection withRoom(Object key) {
        for (Http2Connection connection : connections.getOrDefault(key, List.of())) {
            if (connection.isIdle() && !connection.idle().cancel()) {
                continue;
            }
            if (connection.tryStream(maxRequests)) {
                return connection;
            }
            startIdle(connection);
        }
        return null;
    }

    private Http2Connection open(
            Object key, Endpoint endpoint, String authority, Exchange exchange, Cancellation cancellation)
            throws AttemptFailure {
        Http2Connection taken = null;
        AttemptFailure failure = null;
        try {
            taken = connect(key, endpoint, authority, exchange, cancellation);
        } catch (AttemptFailure failed) {
            // That this request is given up says nothing about the endpoint: another one tries.
            failure = cancellation.cause() != null || Thread.currentThread().isInterrupted() ? null : failed;
            throw failed;
        } finally {
            synchronized (lock) {
                List<Waiter> others = opening.remove(key);
                if (taken != null && !taken.isGone()) { // Else it was closed before it was known.
                    connections.computeIfAbsent(key, _ -> new ArrayList<>(2)).add(taken);
                }
                if (taken != null && !taken.tryStream(maxRequests)) {
                    startIdle(taken);
                    taken = null;
                }
                for (Waiter waiter : others == null ? List.<Waiter>of() : others) {
                    if (failure == null) {
                        waiter.tell();
                    } else {
                        waiter.fail(failure);
                    }
                }
                tell(key);
            }
        }
        if (taken == null) {
            throw new AttemptFailure(Failure.CONNECTION_TERMINATION, "closed");
        }
        if (closed || endpoint.removed()) {
            goingAway(taken);
        }
        return taken;
    }

    private Http2Connection connect(
            Object key, Endpoint endpoint, String authority, Exchange exchange, Cancellation cancellation)
            throws AttemptFailure {
        Connector.Opened opened = connector.open(endpoint, authority, exchange, cancellation);
        if (onlyIfAgreed && !opened.protocol().equals("h2")) {
            opened.socket().finish();
            countEnd(endpoint, opened.began(), false, false);
            permitIsFree();
            throw new AttemptFailure(Failure.PROTOCOL_ERROR, "no HTTP/2 by ALPN", Remedy.HTTP1);
        }
        stats.upstreamCxHttp2Total.increment();
        Http2Connection connection = new Http2Connection(
                this,
                key,
                endpoint,
                config.maxConcurrentStreams(),
                opened.began(),
                opened.socket(),
                settings,
                deadlines);
        connection.start();
        return connection;
    }

    /** A stream has come to its end. */
    void release(Http2Connection connection) {
        boolean last;
        synchronized (lock) {
            last = connection.streamEnded();
            startIdle(connection);
            tell(connection.key());
        }
        if (last) {
            connection.close();
        }
    }

    // Under the lock.
    private void startIdle(Http2Connection connection) {
        if (connection.isIdle() && !connection.isDraining() && !connection.isGone()) {
            idleTimeout.start(connection.idle());
        }
    }

    /** The peer allows more, or may do so. */
    void roomMade(Object key) {
        synchronized (lock) {
            tell(key);
        }
    }

    // Under the lock. All of the key: whoever finds no room again waits again. Those of others may open a connection.
    private void tell(Object key) {
        for (Waiter waiter : forRoom) {
            if (waiter.key().equals(key)) {
                waiter.tell();
            }
        }
    }

    /** A connection takes no more streams. */
    void goingAway(Http2Connection connection) {
        boolean last;
        synchronized (lock) {
            last = connection.drain();
        }
        if (last) {
            connection.close();
        }
    }

    void idle(Http2Connection connection) {
        synchronized (lock) {
            if (!connection.isIdle()) {
                return;
            }
            connection.drain();
        }
        stats.upstreamCxIdleTimeout.increment();
        connection.close();
    }

    void keepAlive(Deadline deadline) {
        keepaliveInterval.start(deadline);
    }

    void awaitAnswer(Deadline deadline) {
        keepaliveTimeout.start(deadline);
    }

    void protocolError() {
        stats.upstreamCxProtocolError.increment();
    }

    @Override
    public void opening(Endpoint endpoint) {
        stats.upstreamCxTotal.increment();
        stats.upstreamCxActive.increment();
        endpoint.stats().cxTotal.increment();
        endpoint.stats().cxActive.incrementAndGet();
    }

    @Override
    public void openingFailed(Endpoint endpoint, long began) {
        countEnd(endpoint, began, false, false);
        permitIsFree();
    }

    /** A connection is closed. */
    void closed(Http2Connection connection, boolean byPeer) {
        boolean active;
        synchronized (lock) {
            if (!connection.noteGone()) {
                return;
            }
            active = !connection.isIdle();
            List<Http2Connection> those = connections.get(connection.key());
            if (those != null) {
                those.remove(connection);
                if (those.isEmpty()) {
                    connections.remove(connection.key());
                }
            }
        }
        countEnd(connection.endpoint(), connection.began(), byPeer, active);
        permitIsFree();
    }

    private void permitIsFree() {
        limits.connections().release();
        synchronized (lock) {
            forRoom.forEach(Waiter::tell);
        }
    }

    private void countEnd(Endpoint endpoint, long began, boolean byPeer, boolean active) {
        endpoint.stats().cxActive.decrementAndGet();
        stats.upstreamCxActive.decrement();
        stats.upstreamCxDestroy.increment();
        (byPeer ? stats.upstreamCxDestroyRemote : stats.upstreamCxDestroyLocal).increment();
        if (active) {
            stats.upstreamCxDestroyWithActiveRq.increment();
        }
        stats.upstreamCxLengthMs.recordNanos(System.nanoTime() - began);
    }

    /** Closes the idle connections to an endpoint; busy ones when they are done. */
    void removed(Endpoint endpoint) {
        all().stream().filter(connection -> connection.endpoint() == endpoint).forEach(this::goingAway);
    }

    /** Closes the idle connections; busy ones when they are done. */
    void close() {
        synchronized (lock) {
            closed = true;
        }
        all().forEach(this::goingAway);
        connector.close();
    }

    private List<Http2Connection> all() {
        synchronized (lock) {
            return connections.values().stream().flatMap(List::stream).toList();
        }
    }
}
