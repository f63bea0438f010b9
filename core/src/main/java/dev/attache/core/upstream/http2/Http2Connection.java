package dev.attache.core.upstream.http2;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http2.VirtualThreadEndPoint;
import dev.attache.core.upstream.Endpoint;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/** One connection to an endpoint, which as many requests share as the peer allows. Counts are guarded by its pool's lock. */
final class Http2Connection implements Session.Listener, VirtualThreadEndPoint.Watcher, Promise<Session> {

    private final Http2Pool pool;
    private final Object key;
    private final Endpoint endpoint;
    private final int maxStreams;
    private final long began;
    private final IdleDeadline idle = new IdleDeadline();
    private final KeepaliveDeadline keepalive = new KeepaliveDeadline();
    private final CompletableFuture<HTTP2Session> opening = new CompletableFuture<>();

    private final CountDownLatch settled = new CountDownLatch(1);

    // Guarded by the pool's lock.
    private int streams;
    private long requests;
    private boolean draining;
    private boolean gone;

    private volatile @Nullable HTTP2Session session;
    private volatile boolean endedByPeer;

    Http2Connection(Http2Pool pool, Object key, Endpoint endpoint, int maxStreams, long began) {
        this.pool = pool;
        this.key = key;
        this.endpoint = endpoint;
        this.maxStreams = maxStreams;
        this.began = began;
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

    boolean endedByPeer() {
        return endedByPeer;
    }

    /** Waits until our side of the connection is open. Null where it is not any more. */
    @Nullable
    HTTP2Session awaitOpen() {
        try {
            return opening.get(Http2Pool.OPENING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return null;
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException broken) {
            return null;
        }
    }

    HTTP2Session session() {
        HTTP2Session open = session;
        if (open == null) {
            throw new IllegalStateException("the connection is not open");
        }
        return open;
    }

    // What follows is called under the pool's lock.

    /** Takes one more stream, if there is room. */
    boolean tryStream(long maxRequests) {
        HTTP2Session open = session;
        if (draining || gone || open == null) {
            return false;
        }
        int allowed = open.getMaxLocalStreams();
        if (streams >= (allowed < 0 ? maxStreams : Math.min(maxStreams, allowed))) {
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
        HTTP2Session open = session;
        if (open != null) {
            open.close(ErrorCode.NO_ERROR.code, "idle", Callback.NOOP);
        }
    }

    @Override
    public void succeeded(Session opened) {
        session = (HTTP2Session) opened;
        opening.complete((HTTP2Session) opened);
        pool.keepAlive(keepalive);
    }

    @Override
    public void failed(Throwable cause) {
        opening.completeExceptionally(cause);
    }

    @Override
    public Map<Integer, Integer> onPreface(Session of) {
        return Map.of(SettingsFrame.ENABLE_PUSH, 0);
    }

    /** Whether the peer takes the extended CONNECT of RFC 8441; waits for it to say so. */
    boolean takesExtendedConnect() {
        try {
            settled.await(Http2Pool.OPENING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return session().isConnectProtocolEnabled();
    }

    @Override
    public void onSettings(Session of, SettingsFrame frame) {
        settled.countDown();
        pool.roomMade(key);
    }

    @Override
    public void onGoAway(Session of, GoAwayFrame frame) {
        pool.goingAway(this);
    }

    @Override
    public void onPing(Session of, PingFrame frame) {
        if (frame.isReply()) {
            keepalive.answered();
        }
    }

    @Override
    public void onClose(Session of, @Nullable GoAwayFrame frame, Callback callback) {
        pool.goingAway(this);
        callback.succeeded();
    }

    @Override
    public void onFailure(Session of, Throwable failure, Callback callback) {
        pool.protocolError();
        callback.succeeded();
    }

    @Override
    public boolean onIdleTimeout(Session of) {
        return false; // There is one of the pool's.
    }

    @Override
    public void received(long bytes) {
        pool.stats().upstreamCxRxBytesTotal.add(bytes);
    }

    @Override
    public void sent(long bytes) {
        pool.stats().upstreamCxTxBytesTotal.add(bytes);
    }

    @Override
    public void closed(VirtualThreadEndPoint end, @Nullable Throwable failure) {
        endedByPeer = end.isInputEnded();
        opening.completeExceptionally(new java.io.IOException("closed"));
        settled.countDown();
        idle.cancel();
        keepalive.cancel();
        pool.closed(this);
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
            HTTP2Session open = session;
            if (open == null) {
                return;
            }
            if (asked) {
                pool.stats().upstreamCxKeepaliveTimeout.increment();
                open.disconnect();
                return;
            }
            if (waited) {
                waited = false; // It has answered; the next question comes when it is time again.
                pool.keepAlive(this);
                return;
            }
            waited = true;
            asked = true;
            open.ping(new PingFrame(false), Callback.NOOP);
            pool.awaitAnswer(this);
        }
    }
}
