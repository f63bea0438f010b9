package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.net.TransportSocket;
import dev.attache.core.proxy.ConnectionStats;
import dev.attache.core.stats.Gauge;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One downstream connection: who is at the other end, what is in progress, and how it ends. Its own thread reads and
 * writes; {@link #close} may be called by any.
 */
final class DownstreamConnection implements Cancellation.Waker {

    private static final Logger LOG = LoggerFactory.getLogger(DownstreamConnection.class);
    private static final int DISCARDED_AT_ONCE = 16 * 1024;

    private final HttpListener listener;
    private final ServedChain chain;
    private final Peer peer;
    private final TransportSocket socket;
    private final ConnectionStats stats;
    private final ConnectionInput input;
    private final ConnectionTimers timers;
    private final long openedNanos = System.nanoTime();
    private Exchange.@Nullable Downstream downstream;
    private @Nullable Gauge speaking;
    private long requests;
    private volatile @Nullable Exchange exchange;
    private volatile @Nullable Http2Connection http2;

    DownstreamConnection(TransportSocket socket, Peer peer, HttpListener listener, ServedChain chain) {
        this.listener = listener;
        this.chain = chain;
        this.peer = peer;
        this.socket = socket;
        this.stats = chain.serving().entry().connections();
        this.input = new ConnectionInput(socket, stats.rxBytesTotal, this::clientLeft);
        this.timers = new ConnectionTimers(this);
    }

    /** Called once, before anything else. */
    void opened() {
        stats.opened(peer.tls() != null);
        timers.start(openedNanos);
    }

    HttpListener listener() {
        return listener;
    }

    ServedChain chain() {
        return chain;
    }

    /** What is done with requests that begin now. */
    Serving serving() {
        return chain.serving();
    }

    ConnectionInput input() {
        return input;
    }

    ConnectionTimers timers() {
        return timers;
    }

    ConnectionStats stats() {
        return stats;
    }

    @Nullable
    SocketAddress remote() {
        return peer.address();
    }

    /** Who is at the other end; {@code protocol} is that of the request. */
    Exchange.Downstream downstream(String protocol) {
        Exchange.Downstream known = downstream;
        if (known == null || !known.protocol().equals(protocol)) {
            known = new Exchange.Downstream(
                    peer.address(), peer.reached(socket.localAddress()), peer.client(), protocol, peer.tls());
            downstream = known;
        }
        return known;
    }

    /** {@code http}, or {@code https} over TLS. */
    String scheme() {
        return peer.tls() != null ? "https" : "http";
    }

    TransportSocket socket() {
        return socket;
    }

    /** From now on it speaks HTTP/2. */
    void http2(Http2Connection speaks) {
        http2 = speaks;
        speaking = stats.speaksHttp2();
    }

    /** Whether streams are in progress. */
    boolean hasStreams() {
        Http2Connection current = http2;
        return current != null && current.hasStreams();
    }

    /** Whether a request is in progress. */
    boolean isServing() {
        return timers.isServing() || hasStreams();
    }

    /** How long it has been since a request began, or has ended, or the connection is open. */
    long unchangedNanos() {
        return timers.unchangedNanos(System.nanoTime());
    }

    /** A stream has begun. Returns whether it is to be the last, unless that is {@code known}. */
    boolean isLastStream(Serving serving, boolean known) {
        requests++;
        return !known && isLastRequest(serving);
    }

    /** Takes no further requests than those in progress and the next. Never blocks. */
    void drain() {
        Http2Connection current = http2;
        if (current != null) {
            stats.drainClose.increment();
            current.goAway();
        }
    }

    /** Closes it; no request is in progress. Never blocks. */
    void closeIdle() {
        Http2Connection current = http2;
        if (current == null) {
            close();
        } else {
            current.closeIdle();
        }
    }

    /** A request is in progress. Returns false where it must not be served, as the connection is closed. */
    boolean requestBegan(Exchange began) {
        if (!timers.requestBegan(began.nanos(Exchange.Phase.DS_RX_BEG))) {
            return false;
        }
        if (speaking == null) {
            speaking = stats.speaksHttp1();
        }
        requests++;
        exchange = began;
        return true;
    }

    /** Its answer is written; the next request may come. */
    void requestEnded(Exchange ended) {
        input.own();
        timers.requestEnded(ended.nanos(Exchange.Phase.DS_TX_END));
        exchange = null;
    }

    /** Requests on this connection so far. */
    long requests() {
        return requests;
    }

    /** How long this connection has been open. */
    long ageNanos() {
        return System.nanoTime() - openedNanos;
    }

    /** Whether the request in progress is to be the last: the listener drains, or the connection has had its share. */
    boolean isLastRequest(Serving serving) {
        if (listener.isDraining() || chain.isRetired()) {
            stats.drainClose.increment();
            return true;
        }
        return serving.isSpent(this);
    }

    /** Waits until all of {@code bytes} is written. */
    void write(ByteBuffer bytes) throws IOException {
        int size = bytes.remaining();
        timers.writeBegan();
        socket.write(bytes);
        timers.writeEnded();
        stats.txBytesTotal.add(size);
    }

    /** As {@link #write(ByteBuffer)}, in as few parts as possible. */
    void write(ByteBuffer[] parts) throws IOException {
        long size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        timers.writeBegan();
        socket.write(parts);
        timers.writeEnded();
        stats.txBytesTotal.add(size);
    }

    /** Ends the reading; its own thread is told of the end. */
    void endInput() {
        socket.endInput();
    }

    /** Says that nothing more comes; the client may go on sending. */
    void endOutput() throws IOException {
        socket.endOutput();
    }

    /** From now on it carries another protocol, in both directions, until it ends. */
    void becomeTunnel() {
        input.own();
        timers.tunnelBegan();
    }

    /**
     * Says that no more comes, and lets the client go on sending until it has ended as well, or for a while: closed at
     * once, the connection would be reset under what is on the way, and the last answer with it.
     */
    void linger() {
        Serving serving = chain.serving();
        if (!serving.delaysClose()) {
            return;
        }
        DelayedClose limit = new DelayedClose();
        serving.startDelayedClose(limit); // Before the goodbye of TLS, for which a client need not have room.
        try {
            socket.endOutput();
            ByteBuffer sink = ByteBuffer.allocate(DISCARDED_AT_ONCE);
            while (input.read(sink) >= 0) {
                sink.clear();
            }
        } catch (IOException gone) {
            LOG.trace("gone while its end was awaited", gone);
        } finally {
            limit.cancel();
        }
    }

    /** Closes such that the peer sees a reset: where an orderly end would look like the end of a message. */
    void closeWithReset() {
        socket.reset();
    }

    /** Closes at once; a request in progress is given up. Never blocks. */
    void close() {
        socket.close();
        Exchange current = exchange;
        if (current != null) {
            current.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
        }
    }

    /** Called once by the connection's thread, after everything else. */
    void ended() {
        timers.end();
        Http2Connection spoken = http2;
        boolean duringRequest = exchange != null || (spoken != null && spoken.endedDuringRequest());
        boolean byPeer = input.ended() || (spoken != null && spoken.endedByPeer());
        socket.finish();
        stats.closed(ageNanos(), peer.tls() != null, speaking, byPeer, duringRequest);
        listener.ended(this);
    }

    /** The exchange is given up while its answer is written: whoever writes must not wait for the client any more. */
    @Override
    public void wake(Cancellation.Cause cause) {
        socket.close();
    }

    /** Seen while an answer is awaited. */
    private void clientLeft() {
        Exchange current = exchange;
        if (current != null && (input.broken() || !chain.serving().allowsHalfClose())) {
            current.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
        }
    }

    /** Time that a client has to see that the connection ends. */
    private final class DelayedClose extends Deadline {
        @Override
        protected void expired() {
            stats.delayedCloseTimeout.increment();
            socket.close();
        }
    }
}
