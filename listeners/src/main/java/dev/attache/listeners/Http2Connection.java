package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Exchange;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Session;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.MessageHead;
import dev.attache.core.proxy.ConnectionStats;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/2 on one downstream connection. The connection's own thread reads frames and never waits for anything else; each
 * stream is an {@link Http2Exchange} on a thread of its own, which begins when all that arrived together has been read: a
 * stream that was reset in the same breath costs no more than its frames. As many exchanges run at once as the client may
 * have streams, however quickly it gives up those: the others are held back until one has ended.
 */
final class Http2Connection implements Runnable, Http2Session.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    private final DownstreamConnection connection;
    private final HttpListener listener;
    private final ConnectionStats stats;
    private final int mostExchanges;
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicBoolean leaving = new AtomicBoolean();
    private boolean lookedAt; // The reading thread's.
    private final List<Http2Exchange> fresh = new ArrayList<>(); // The reading thread's.
    private final Set<Http2Exchange> held = new LinkedHashSet<>(); // Guarded by itself, as what runs.
    private int running;
    private final WriteWatch writeWatch;
    private final AtomicBoolean watched = new AtomicBoolean();
    private volatile @Nullable Http2Session session;
    private volatile boolean brokenOff;
    private volatile boolean byPeer;

    Http2Connection(DownstreamConnection connection) {
        this.connection = connection;
        this.listener = connection.listener();
        this.stats = connection.stats();
        this.mostExchanges = connection.serving().http2Settings().maxConcurrentStreams();
        this.writeWatch = new WriteWatch(connection.serving());
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
        try {
            connection.http2(this);
            Http2Session begun = new Http2Session(
                    connection.socket(), connection.serving().http2Settings(), listener.deadlines(), this);
            session = begun;
            if (listener.isDraining()) {
                goAway();
            }
            begun.run(arrived);
        } finally {
            looked();
        }
    }

    @Override
    public void opened(Http2Stream stream, MessageHead head, boolean complete) {
        Serving serving = connection.serving();
        Exchange exchange = Exchange.begin(connection.downstream("HTTP/2"));
        streams.incrementAndGet();
        watchWrites(serving);
        listener.inFlight().begun();
        Http2Exchange begun = new Http2Exchange(this, serving, stream, head, complete, exchange);
        fresh.add(begun);
        begun.watch();
        if (connection.isLastStream(serving, leaving.get())) {
            goAway();
        }
    }

    @Override
    public void batchEnded() {
        for (Http2Exchange exchange : fresh) {
            if (exchange.stream().isFailed()) {
                exchange.unanswered();
            } else {
                admit(exchange);
            }
        }
        fresh.clear();
        looked();
    }

    private void admit(Http2Exchange exchange) {
        synchronized (held) {
            if (running >= mostExchanges) {
                held.add(exchange);
                return;
            }
            running++;
        }
        exchange.start();
    }

    /** An exchange is given up. Returns whether it was held back, and will never start. */
    boolean withdraw(Http2Exchange exchange) {
        synchronized (held) {
            return held.remove(exchange);
        }
    }

    /** Something has been read, or nothing will be. */
    private void looked() {
        if (!lookedAt) {
            lookedAt = true;
            listener.inFlight().ended();
        }
    }

    /** An exchange that has run is over; the next one may. */
    void finished(Exchange exchange) {
        ended(exchange);
        Http2Exchange next = null;
        synchronized (held) {
            if (held.isEmpty()) {
                running--;
            } else {
                next = held.iterator().next();
                held.remove(next);
            }
        }
        if (next != null) {
            next.start();
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
            serving.startWatch(writeWatch, serving.flushNanos());
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
    void goAway() {
        Http2Session current = session;
        if (current != null && leaving.compareAndSet(false, true)) {
            current.shutdown();
        }
    }

    /** Closes the connection, on which nothing is in progress. Never blocks. */
    void closeIdle() {
        Http2Session current = session;
        if (current == null) {
            connection.socket().close();
        } else {
            current.finish();
        }
    }

    DownstreamConnection connection() {
        return connection;
    }

    @Override
    public void violated(ErrorCode code, String words) {
        if (code == ErrorCode.ENHANCE_YOUR_CALM) {
            stats.http2Flood.increment();
        } else {
            stats.protocolError.increment();
        }
        LOG.info("connection of {} closed with {}: {}", connection.remote(), code, words);
    }

    @Override
    public void stalled() {
        connection.serving().flushTimeouts().increment();
    }

    @Override
    public void received(long octets) {
        stats.rxBytesTotal.add(octets);
    }

    @Override
    public void sent(long octets) {
        stats.txBytesTotal.add(octets);
    }

    @Override
    public void closed(boolean endedByPeer) {
        brokenOff = streams.get() > 0;
        byPeer = endedByPeer;
        batchEnded(); // What was begun in the last breath has failed with the rest.
        writeWatch.end();
    }

    /** Looks from time to time, while there are streams, whether the client takes what it is sent. */
    private final class WriteWatch extends Deadline {
        private final Serving serving;
        private volatile boolean over;

        WriteWatch(Serving serving) {
            this.serving = serving;
        }

        /** The connection is closed: nothing of it is kept for this watch. */
        void end() {
            over = true;
            cancel();
        }

        @Override
        protected void expired() {
            Http2Session current = session;
            if (current == null || over) {
                return;
            }
            long began = current.writeBegan();
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
                stalled();
                current.abort();
                return;
            }
            serving.startWatch(this, limit - waited);
            if (over) {
                cancel();
            }
        }
    }
}
