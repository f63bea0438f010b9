package dev.attache.core.upstream.http2;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.Http2Config;
import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http2.CodecThreads;
import dev.attache.core.http2.FlowControl;
import dev.attache.core.http2.VirtualThreadEndPoint;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.policy.Failure;
import dev.attache.core.upstream.AttemptFailure;
import dev.attache.core.upstream.AttemptFailure.Remedy;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.Connector;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.HTTP2ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a cluster. A request takes a stream of one that has room; one more is opened only where all are
 * full, by one request at a time for each endpoint, and the others wait for it. Safe for use by all threads.
 */
final class Http2Pool implements Connector.Owner {

    /** Our own preface is written at once; this bounds what a broken codec can do. */
    static final long OPENING_SECONDS = 10;

    /** The heads of requests have been checked where they were received; this leaves room for what was added. */
    private static final int REQUEST_HEAD_BYTES = 80 * 1024;

    private static final int READ_BYTES = 16 * 1024;

    private final Http2Config config;
    private final ClusterStats stats;
    private final Limits limits;
    private final Connector connector;
    private final CodecThreads threads;
    private final ClusterConfig cluster;
    private final boolean onlyIfAgreed;
    private final long maxRequests;
    private final DeadlineQueue idleTimeout;
    private final DeadlineQueue pendingTimeout;
    private final DeadlineQueue keepaliveInterval;
    private final DeadlineQueue keepaliveTimeout;

    private final Object lock = new Object();

    private volatile @Nullable HTTP2Client codec;

    // Guarded by lock.
    private final Map<Object, List<Http2Connection>> connections = new HashMap<>();
    private final Set<Object> opening = new HashSet<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private boolean closed;

    /** A request that waits until something changes. */
    private static final class Waiter extends Deadline {
        private final Object key;
        private final Thread thread = Thread.currentThread();
        private volatile boolean told;
        private volatile boolean late;

        Waiter(Object key) {
            this.key = key;
        }

        void tell() {
            told = true;
            LockSupport.unpark(thread);
        }

        @Override
        protected void expired() {
            late = true;
            LockSupport.unpark(thread);
        }
    }

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
            Deadlines deadlines,
            CodecThreads threads) {
        this.onlyIfAgreed = onlyIfAgreed;
        this.config = config.http2();
        this.stats = stats;
        this.limits = limits;
        this.connector = new Connector(config, stats, this, tls, deadlines);
        this.threads = threads;
        this.cluster = config;
        this.maxRequests = config.maxRequestsPerConnection() == 0 ? Long.MAX_VALUE : config.maxRequestsPerConnection();
        this.idleTimeout = deadlines.queue(config.idleTimeout());
        this.pendingTimeout = deadlines.queue(config.pendingTimeout());
        this.keepaliveInterval = deadlines.queue(config.http2().keepaliveInterval());
        this.keepaliveTimeout = deadlines.queue(config.http2().keepaliveTimeout());
    }

    /** What the codec asks for its settings; nothing of it is ever started. Made when the first connection is. */
    private HTTP2Client codec() {
        HTTP2Client made = codec;
        if (made == null) {
            made = codec(cluster, threads); // A second one, made at the same time, is as good.
            codec = made;
        }
        return made;
    }

    private static HTTP2Client codec(ClusterConfig config, CodecThreads threads) {
        ClientConnector connector = new ClientConnector();
        connector.setExecutor(threads.executor());
        connector.setScheduler(threads.scheduler());
        connector.setByteBufferPool(threads.buffers());
        HTTP2Client codec = new HTTP2Client(connector);
        Http2Config http2 = config.http2();
        codec.setInitialStreamRecvWindow(http2.streamWindow());
        codec.setInitialSessionRecvWindow(http2.connectionWindow());
        codec.setMaxDecoderTableCapacity(http2.headerTableSize());
        codec.setMaxEncoderTableCapacity(http2.headerTableSize());
        codec.setMaxResponseHeadersSize(config.maxResponseHeadersKb() * 1024);
        codec.setMaxRequestHeadersSize(REQUEST_HEAD_BYTES);
        codec.setMaxConcurrentPushedStreams(0);
        codec.setInputBufferSize(READ_BYTES);
        codec.setStreamIdleTimeout(0);
        codec.setFlowControlStrategyFactory(FlowControl::new);
        return codec;
    }

    ClusterStats stats() {
        return stats;
    }

    /** Takes a stream of a connection to {@code endpoint}; opens one, or waits, where there is no room. */
    Http2Connection acquire(
            Object key, Endpoint endpoint, String authority, Exchange exchange, Cancellation cancellation)
            throws AttemptFailure {
        Waiter waiter = null;
        try {
            while (true) {
                synchronized (lock) {
                    Http2Connection free = withRoom(key);
                    if (free != null) {
                        return free;
                    }
                    boolean waits = opening.contains(key);
                    if (!waits && limits.connections().tryAcquire()) {
                        opening.add(key);
                        break;
                    }
                    if (waiter == null) {
                        stats.upstreamRqPendingTotal.increment();
                        if (!waits) {
                            stats.upstreamCxOverflow.increment();
                        }
                        if (limits.connections().max() == 0 || !limits.pending().tryAcquire()) {
                            stats.upstreamRqPendingOverflow.increment();
                            throw new AttemptFailure(Failure.OVERFLOW, "");
                        }
                        stats.upstreamRqPendingActive.increment();
                        waiter = new Waiter(key);
                        pendingTimeout.start(waiter);
                    }
                    waiter.told = false;
                    waiters.add(waiter);
                }
                await(waiter, cancellation);
            }
        } finally {
            if (waiter != null) {
                waiter.cancel();
                limits.pending().release();
                stats.upstreamRqPendingActive.decrement();
            }
        }
        return open(key, endpoint, authority, exchange, cancellation);
    }

    private void await(Waiter waiter, Cancellation cancellation) throws AttemptFailure {
        if (cancellation.guard(cause -> LockSupport.unpark(waiter.thread))) {
            while (!waiter.told
                    && !waiter.late
                    && cancellation.cause() == null
                    && !Thread.currentThread().isInterrupted()) {
                LockSupport.park(this);
            }
        }
        boolean wanted = cancellation.unguard() && !Thread.currentThread().isInterrupted();
        synchronized (lock) {
            waiters.remove(waiter);
        }
        if (!wanted) {
            stats.upstreamRqCancelled.increment();
            throw AttemptFailure.givenUp(cancellation);
        }
        if (!waiter.told) {
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
        try {
            Connector.Opened opened = connector.open(endpoint, authority, exchange, cancellation);
            if (onlyIfAgreed && !opened.protocol().equals("h2")) {
                opened.socket().finish();
                countEnd(endpoint, opened.began(), false, false);
                permitIsFree();
                throw new AttemptFailure(Failure.PROTOCOL_ERROR, "no HTTP/2 by ALPN", Remedy.HTTP1);
            }
            stats.upstreamCxHttp2Total.increment();
            taken = begin(key, endpoint, opened);
        } finally {
            synchronized (lock) {
                opening.remove(key);
                if (taken != null && !taken.isGone()) { // Else it was closed before it was known.
                    connections.computeIfAbsent(key, _ -> new ArrayList<>(2)).add(taken);
                }
                if (taken != null && !taken.tryStream(maxRequests)) {
                    startIdle(taken);
                    taken = null;
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

    /** Speaks HTTP/2 on a connection, read by a thread of its own. */
    private Http2Connection begin(Object key, Endpoint endpoint, Connector.Opened opened) {
        Http2Connection connection =
                new Http2Connection(this, key, endpoint, config.maxConcurrentStreams(), opened.began());
        VirtualThreadEndPoint end = new VirtualThreadEndPoint(
                threads,
                opened.socket(),
                opened.socket().localAddress(),
                endpoint.address(),
                ByteBuffer.allocate(0),
                connection);
        Map<String, Object> context = new HashMap<>();
        context.put(HTTP2Client.CONTEXT_KEY, codec());
        context.put(HTTP2Client.SESSION_LISTENER_CONTEXT_KEY, connection);
        context.put(HTTP2Client.SESSION_PROMISE_CONTEXT_KEY, connection);
        HTTP2ClientConnectionFactory factory = new HTTP2ClientConnectionFactory();
        Thread.ofVirtual().name("attache-upstream").start(() -> end.run(of -> factory.newConnection(of, context)));
        connection.awaitOpen();
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
        for (Waiter waiter : List.copyOf(waiters)) {
            if (waiter.key.equals(key)) {
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
    void closed(Http2Connection connection) {
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
        countEnd(connection.endpoint(), connection.began(), connection.endedByPeer(), active);
        permitIsFree();
    }

    private void permitIsFree() {
        limits.connections().release();
        synchronized (lock) {
            waiters.forEach(Waiter::tell);
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
