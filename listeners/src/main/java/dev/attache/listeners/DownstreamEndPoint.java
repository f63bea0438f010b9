package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.proxy.ConnectionStats;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One downstream connection: counts it, and closes it when it is idle for too long or a request head does not come to
 * its end. Jetty's own timers are off: they know one timeout for a connection, whatever it is doing.
 */
final class DownstreamEndPoint extends SocketChannelEndPoint {

    private enum State {
        /** No request. */
        IDLE,
        /** Some bytes of a request head. */
        HEAD,
        /** A request is answered. */
        REQUEST,
        /** A request head took too long; whatever comes now is not looked at. */
        TIMED_OUT
    }

    private static final Logger LOG = LoggerFactory.getLogger(DownstreamEndPoint.class);

    private final HttpListener listener;
    private final @Nullable SocketAddress remote;
    private final @Nullable SocketAddress local;
    private final ConnectionStats stats;
    private final long openedNanos = System.nanoTime();
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private final Idle idle = new Idle();
    private final DelayedClose closing = new DelayedClose();
    private HeadDeadline head = new HeadDeadline();
    private Exchange.@Nullable Downstream downstream;
    private long requests;
    private volatile long lastActivity = openedNanos;
    private volatile boolean closedByPeer;
    private volatile @Nullable Exchange exchange;

    DownstreamEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            HttpListener listener) {
        super(channel, selector, key, scheduler);
        this.listener = listener;
        this.remote = super.getRemoteSocketAddress();
        this.local = super.getLocalSocketAddress();
        this.stats = listener.serving().entry().connections();
    }

    /** The connection that {@code request} came over. */
    static DownstreamEndPoint of(Request request) {
        return (DownstreamEndPoint)
                request.getConnectionMetaData().getConnection().getEndPoint();
    }

    /** Called once, when the connection is ready. */
    void opened() {
        stats.opened();
        listener.connector().opened(this);
        listener.serving().startIdle(idle);
    }

    HttpListener listener() {
        return listener;
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return local;
    }

    /** Who is at the other end; {@code protocol} is that of the request. */
    Exchange.Downstream downstream(String protocol) {
        Exchange.Downstream known = downstream;
        if (known == null || !known.protocol().equals(protocol)) {
            known = new Exchange.Downstream(remote, local, remote, protocol);
            downstream = known;
        }
        return known;
    }

    /**
     * A request head is complete.
     *
     * @return false when it came too late: it must not be answered
     */
    boolean requestBegan(Exchange began) {
        while (true) {
            State current = state.get();
            if (current == State.TIMED_OUT) {
                return false;
            }
            if (state.compareAndSet(current, State.REQUEST)) {
                if (!head.cancel()) {
                    head = new HeadDeadline(); // It is expiring, in vain, and cannot be started again.
                }
                requests++;
                exchange = began;
                return true;
            }
        }
    }

    /** The answer is written; the next request may come. Called before Jetty hears of the end. */
    void requestEnded() {
        exchange = null;
        lastActivity = System.nanoTime();
        state.compareAndSet(State.REQUEST, State.IDLE);
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
        if (listener.isDraining()) {
            stats.drainClose.increment();
            return true;
        }
        return serving.isSpent(this);
    }

    /**
     * Shuts the sending side and lets the client go on sending for a while, so that it sees the answer: closed at once,
     * the connection would be reset under what is on the way, and the answer with it.
     *
     * @param discard reads until the client has ended or this connection is closed
     */
    void linger(Runnable discard) {
        shutdownOutput();
        DelayedClose limit = new DelayedClose();
        listener.serving().startDelayedClose(limit);
        discard.run();
        limit.cancel();
    }

    /** The answer is written and the connection over: closes it when the client has, or after a while. */
    void closeAfterPeer() {
        Serving serving = listener.serving();
        if (serving.delaysClose()) {
            serving.startDelayedClose(closing);
        } else {
            closeSoon();
        }
    }

    /** Closes such that the peer sees a reset: where an orderly end would look like the end of a message. */
    void closeWithReset() {
        try {
            getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | UnsupportedOperationException plain) {
            LOG.trace("no reset, but a close", plain);
        }
        close();
    }

    /** Closes from a thread that must not be held up. */
    void closeSoon() {
        Thread.ofVirtual().start(this::close);
    }

    /** Whether the client sends no more, be it that it has ended or that it is gone. */
    boolean isEndedByPeer() {
        return closedByPeer;
    }

    boolean isIdle() {
        return state.get() == State.IDLE;
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = super.fill(buffer);
        if (filled > 0) {
            stats.rxBytesTotal.add(filled);
            if (state.get() != State.REQUEST) {
                lastActivity = System.nanoTime();
                if (state.compareAndSet(State.IDLE, State.HEAD)) {
                    listener.serving().startHead(head);
                }
            }
        } else if (filled < 0) {
            closedByPeer = true;
        }
        return filled;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = remaining(buffers);
        boolean complete = super.flush(buffers);
        stats.txBytesTotal.add(before - remaining(buffers));
        return complete;
    }

    private static long remaining(ByteBuffer... buffers) {
        long bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer == null ? 0 : buffer.remaining();
        }
        return bytes;
    }

    @Override
    public void onClose(@Nullable Throwable failure) {
        idle.cancel();
        head.cancel();
        closing.cancel();
        Exchange current = exchange;
        if (current != null) {
            current.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
        }
        super.onClose(failure);
        listener.connector().closed(this);
        listener.connectionClosed(ageNanos());
        stats.closed(ageNanos(), closedByPeer, current != null);
    }

    /** Time without a request. Started once, and again by itself when there was something to do meanwhile. */
    private final class Idle extends Deadline {
        @Override
        protected void expired() {
            Serving serving = listener.serving();
            long left = serving.idleNanos() - (System.nanoTime() - lastActivity);
            if (state.get() == State.REQUEST) {
                serving.startIdle(this);
            } else if (left > 0) {
                serving.startIdle(this, left);
            } else {
                stats.idleTimeout.increment();
                closeSoon();
            }
        }
    }

    /** Time that a client has to see that the connection ends. */
    private final class DelayedClose extends Deadline {
        @Override
        protected void expired() {
            stats.delayedCloseTimeout.increment();
            closeSoon();
        }
    }

    /** Time from the first byte of a request head to its last. */
    private final class HeadDeadline extends Deadline {
        @Override
        protected void expired() {
            if (state.compareAndSet(State.HEAD, State.TIMED_OUT)) {
                Thread.ofVirtual().start(() -> HeadTimeout.answer(DownstreamEndPoint.this));
            }
        }
    }
}
