package dev.attache.core.upstream.http2;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Session;
import dev.attache.core.http2.Http2Settings;
import dev.attache.core.net.TransportSocket;
import dev.attache.core.upstream.Endpoint;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection to an endpoint, which as many requests share as the peer allows. Counts are guarded by its pool's lock. */
final class Http2Connection implements Http2Session.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    private final Http2Pool pool;
    private final Object key;
    private final Endpoint endpoint;
    private final int maxStreams;
    private final long began;
    private final @Nullable SocketAddress localAddress;
    private final Http2Session session;
    private final IdleDeadline idle = new IdleDeadline();
    private final KeepaliveDeadline keepalive = new KeepaliveDeadline();
    private final Queue<Thread> forSettings = new ConcurrentLinkedQueue<>();

    // Guarded by the pool's lock.
    private int streams;
    private long requests;
    private boolean draining;
    private volatile boolean gone;

    Http2Connection(
            Http2Pool pool,
            Object key,
            Endpoint endpoint,
            int maxStreams,
            long began,
            TransportSocket socket,
            Http2Settings settings,
            Deadlines deadlines) {
        this.pool = pool;
        this.key = key;
        this.endpoint = endpoint;
        this.maxStreams = maxStreams;
        this.began = began;
        this.localAddress = socket.localAddress();
        this.session = new Http2Session(socket, settings, deadlines, this);
    }

    /** Reads on a thread of its own, until the end. */
    void start() {
        Thread.ofVirtual().name("attache-upstream").start(() -> session.run(ByteBuffer.allocate(0)));
        pool.keepAlive(keepalive);
    }

    Object key() {
        return key;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    long began() {
        return began;
    }

    @Nullable
    SocketAddress localAddress() {
        return localAddress;
    }

    Http2Session session() {
        return session;
    }

    // What follows is called under the pool's lock.

    /** Takes one more stream, if there is room. */
    boolean tryStream(long maxRequests) {
        draining |= !session.takesStreams();
        if (draining || gone || streams >= Math.min(maxStreams, session.maxStreams())) {
            return false;
        }
        streams++;
        requests++;
        if (requests >= maxRequests) {
            draining = true;
            pool.stats().upstreamCxMaxRequests.increment();
        }
        return true;
    }

    /** Returns whether it was the last one of a connection that takes no more. */
    boolean streamEnded() {
        streams--;
        return draining && streams == 0;
    }

    boolean isIdle() {
        return streams == 0;
    }

    /** Takes no more streams. Returns whether there are none. */
    boolean drain() {
        draining = true;
        return streams == 0;
    }

    boolean isDraining() {
        return draining;
    }

    boolean isGone() {
        return gone;
    }

    /** Returns whether it was not known before. */
    boolean noteGone() {
        boolean news = !gone;
        gone = true;
        return news;
    }

    // To here.

    IdleDeadline idle() {
        return idle;
    }

    /** Says goodbye and closes; there are no streams. Never blocks. */
    void close() {
        session.finish();
    }

    /** Whether the peer takes the extended CONNECT of RFC 8441; waits for it to say so, while somebody {@code wants} it. */
    boolean takesExtendedConnect(BooleanSupplier wants) {
        Thread waiting = Thread.currentThread();
        forSettings.add(waiting);
        try {
            while (!session.isSettled() && !gone && wants.getAsBoolean()) {
                LockSupport.park(this);
            }
        } finally {
            forSettings.remove(waiting);
        }
        return session.takesExtendedConnect();
    }

    @Override
    public void settled() {
        forSettings.forEach(LockSupport::unpark);
        pool.roomMade(key);
    }

    @Override
    public void goingAway(int code) {
        pool.goingAway(this);
    }

    @Override
    public void pingAnswered() {
        keepalive.answered();
    }

    @Override
    public void violated(ErrorCode code, String words) {
        LOG.info("connection to {} closed with {}: {}", endpoint.address(), code, words);
        pool.protocolError();
        pool.goingAway(this);
    }

    @Override
    public void stalled() {
        pool.stats().http2TxFlushTimeout.increment();
    }

    @Override
    public void received(long octets) {
        pool.stats().upstreamCxRxBytesTotal.add(octets);
    }

    @Override
    public void sent(long octets) {
        pool.stats().upstreamCxTxBytesTotal.add(octets);
    }

    @Override
    public void closed(boolean byPeer) {
        pool.closed(this, byPeer);
        forSettings.forEach(LockSupport::unpark);
        idle.cancel();
        keepalive.cancel();
    }

    /** Without a stream for too long. */
    final class IdleDeadline extends Deadline {
        @Override
        protected void expired() {
            pool.idle(Http2Connection.this);
        }
    }

    /** Asks the peer from time to time whether it is still there. */
    final class KeepaliveDeadline extends Deadline {
        private volatile boolean asked;
        private boolean waited; // The deadline thread's.

        void answered() {
            asked = false;
        }

        @Override
        protected void expired() {
            if (gone) {
                return;
            }
            if (asked) {
                pool.stats().upstreamCxKeepaliveTimeout.increment();
                session.abort();
                return;
            }
            if (waited) {
                waited = false; // It has answered; the next question comes when it is time again.
                pool.keepAlive(this);
                return;
            }
            waited = true;
            asked = true;
            session.ping();
            pool.awaitAnswer(this);
        }
    }
}
