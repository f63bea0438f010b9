package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Exchange;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.VirtualThreadEndPoint;
import dev.attache.core.proxy.ConnectionStats;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerSession;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/2 on one downstream connection. The connection's own thread reads frames and never waits for anything else; each
 * stream is an {@link Http2Exchange} on a thread of its own, which begins when all that arrived together has been read: a
 * stream that was reset in the same breath costs no more than its frames.
 */
final class Http2Connection implements Runnable, HTTP2ServerSession.Listener, VirtualThreadEndPoint.Watcher {

    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    private final DownstreamConnection connection;
    private final HttpListener listener;
    private final ConnectionStats stats;
    private final Http2Server server;
    private final Http2Factory factory;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicBoolean leaving = new AtomicBoolean();
    private boolean lookedAt; // The reading thread's.
    private final List<Http2Exchange> fresh = new ArrayList<>(); // The reading thread's.
    private final AtomicBoolean watched = new AtomicBoolean();
    private volatile @Nullable VirtualThreadEndPoint writing;
    private volatile @Nullable Session session;
    private volatile boolean brokenOff;
    private volatile boolean byPeer;

    Http2Connection(DownstreamConnection connection, Http2Server server) {
        this.connection = connection;
        this.listener = connection.listener();
        this.stats = connection.stats();
        this.server = server;
        this.factory = connection.serving().http2Factory();
        // Before its thread is there: whoever drains the listener must not overlook what has arrived on it.
        listener.inFlight().begun();
    }

    /** Serves a connection that has agreed to HTTP/2, from its first byte to its end. */
    @Override
    public void run() {
        try {
            connection.opened();
            serve(ByteBuffer.allocate(0));
        } catch (RuntimeException bug) {
            LOG.error(
                    "connection of {} on listener {}",
                    connection.remote(),
                    listener.config().name(),
                    bug);
        } finally {
            connection.ended();
        }
    }

    /** Serves the connection on the calling thread, until it is closed. {@code arrived} has been read already. */
    void serve(ByteBuffer arrived) {
        connection.http2(this);
        VirtualThreadConnector connector = server.connector();
        VirtualThreadEndPoint endPoint = connector.endPoint(connection.socket(), connection.remote(), arrived, this);
        writing = endPoint;
        endPoint.run(end -> factory.newConnection(connector, end));
        looked();
        try {
            closed.await();
            endPoint.awaitReleased();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onAccept(Session accepted) {
        session = accepted;
        if (listener.isDraining()) {
            goAway();
        }
    }

    @Override
    public Map<Integer, Integer> onPreface(Session accepted) {
        return factory.settings();
    }

    @Override
    public Stream.Listener onNewStream(Stream stream, HeadersFrame frame) {
        Http2Exchange exchange = begin(stream, frame.isEndStream());
        exchange.received(frame);
        return exchange.stream();
    }

    /** The head of a request could not be read. */
    @Override
    public void onStreamFailure(Stream stream, Throwable failure, Callback callback) {
        LOG.debug("a request of {} that is no HTTP", connection.remote(), failure);
        stats.protocolError.increment();
        begin(stream, true).malformed();
        callback.succeeded();
    }

    private Http2Exchange begin(Stream stream, boolean complete) {
        Serving serving = connection.serving();
        Exchange exchange = Exchange.begin(connection.downstream("HTTP/2"));
        streams.incrementAndGet();
        watchWrites(serving);
        listener.inFlight().begun();
        Http2Stream taken = new Http2Stream(serving.flushNanos());
        taken.accepted(stream, complete);
        Http2Exchange begun = new Http2Exchange(this, serving, taken, exchange);
        fresh.add(begun);
        if (connection.isLastStream(serving, leaving.get())) {
            goAway();
        }
        return begun;
    }

    @Override
    public void batchEnded() {
        for (Http2Exchange exchange : fresh) {
            exchange.start();
        }
        fresh.clear();
        looked();
    }

    /** Something has been read, or nothing will be. */
    private void looked() {
        if (!lookedAt) {
            lookedAt = true;
            listener.inFlight().ended();
        }
    }

    /** A stream has come to its end. */
    void ended(Exchange exchange) {
        listener.inFlight().ended();
        connection.timers().quiet(System.nanoTime()); // Before the count: what ends now has not been quiet for long.
        streams.decrementAndGet();
    }

    boolean hasStreams() {
        return streams.get() > 0;
    }

    private void watchWrites(Serving serving) {
        if (serving.flushNanos() != 0 && watched.compareAndSet(false, true)) {
            serving.startWatch(new WriteWatch(serving), serving.flushNanos());
        }
    }

    /** Whether requests were in progress when the connection was closed. */
    boolean endedDuringRequest() {
        return brokenOff;
    }

    /** Whether the client ended it. */
    boolean endedByPeer() {
        return byPeer;
    }

    /** Takes no new streams; those that are there go on, and then the connection is closed. Never blocks. */
    @SuppressWarnings("FutureReturnValueIgnored") // Its end is that of the connection.
    void goAway() {
        Session current = session;
        if (current != null && leaving.compareAndSet(false, true)) {
            current.shutdown();
        }
    }

    /** Closes the connection, on which nothing is in progress. Never blocks. */
    void closeIdle() {
        Session current = session;
        if (current == null) {
            connection.socket().close();
        } else {
            current.close(ErrorCode.NO_ERROR.code, "idle_timeout", Callback.NOOP);
        }
    }

    /** The client has sent too much of what only an attacker sends much of; the connection is about to be closed. */
    void flooded() {
        stats.http2Flood.increment();
        LOG.debug("connection of {} floods", connection.remote());
    }

    DownstreamConnection connection() {
        return connection;
    }

    @Override
    public void onReset(Session of, ResetFrame frame) {
        // Of a stream that is gone.
    }

    @Override
    public void onClose(Session of, GoAwayFrame frame, Callback callback) {
        callback.succeeded();
    }

    @Override
    public void onFailure(Session of, Throwable failure, Callback callback) {
        LOG.debug("connection of {}", connection.remote(), failure);
        stats.protocolError.increment();
        callback.succeeded();
    }

    @Override
    public boolean onIdleTimeout(Session of) {
        return false; // There is one of the proxy's own.
    }

    @Override
    public void received(long bytes) {
        stats.rxBytesTotal.add(bytes);
    }

    @Override
    public void sent(long bytes) {
        stats.txBytesTotal.add(bytes);
    }

    @Override
    public void closed(VirtualThreadEndPoint endPoint, @Nullable Throwable failure) {
        brokenOff = streams.get() > 0;
        byPeer = endPoint.isInputEnded();
        closed.countDown();
    }

    /** Looks from time to time, while there are streams, whether the client takes what it is sent. */
    private final class WriteWatch extends Deadline {
        private final Serving serving;

        WriteWatch(Serving serving) {
            this.serving = serving;
        }

        @Override
        protected void expired() {
            VirtualThreadEndPoint endPoint = writing;
            if (endPoint == null || closed.getCount() == 0) {
                return;
            }
            long began = endPoint.writeBegan();
            if (!hasStreams() && began == 0) {
                watched.set(false);
                if (hasStreams()) {
                    watchWrites(serving); // It has begun just now, and may have seen this watch as set.
                }
                return;
            }
            long limit = serving.flushNanos();
            long waited = began == 0 ? 0 : System.nanoTime() - began;
            if (waited >= limit) {
                LOG.debug("{} takes nothing of what is sent", connection.remote());
                connection.socket().close();
            } else {
                serving.startWatch(this, limit - waited);
            }
        }
    }
}
