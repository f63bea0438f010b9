package dev.attache.listeners;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends into a tunnel: everything behind the head of a request that asks to go over to another protocol. It
 * is held back until the answer is the switch, for before it would be a request to whoever takes it for one. Read by one
 * thread at a time; closed by any.
 */
final class DownstreamTunnel implements Body.Streaming {

    private enum State {
        /** The answer is awaited. */
        HELD_BACK,
        OPEN,
        /** The client has ended its direction. */
        ENDED,
        /** Nobody wants more of it, or the client is gone. */
        CLOSED
    }

    private final DownstreamConnection connection;
    private final RequestReader reader;
    private final Exchange exchange;
    private State state = State.HELD_BACK; // Guarded by this.

    /** The bytes behind the head that {@code reader} has read. */
    DownstreamTunnel(DownstreamConnection connection, RequestReader reader, Exchange exchange) {
        this.connection = connection;
        this.reader = reader;
        this.exchange = exchange;
        exchange.cancellation().listen(cause -> close());
    }

    /** The answer is the switch: the connection carries the other protocol from now on. */
    void open() {
        connection.becomeTunnel();
        reader.switchOver();
        synchronized (this) {
            if (state == State.HELD_BACK) {
                state = State.OPEN;
                notifyAll();
            }
        }
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        if (!awaitOpen()) {
            return null;
        }
        ByteBuffer part;
        try {
            part = reader.readRaw();
        } catch (IOException gone) {
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            throw gone;
        }
        if (part == null) {
            end();
        } else {
            exchange.received(part.remaining());
        }
        return part;
    }

    /** Returns whether there may be more to read. */
    private synchronized boolean awaitOpen() throws IOException {
        try {
            while (state == State.HELD_BACK) {
                wait();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        if (state == State.CLOSED) {
            throw new IOException("tunnel closed");
        }
        return state == State.OPEN;
    }

    private synchronized void end() throws IOException {
        if (state == State.CLOSED) {
            throw new IOException("tunnel closed"); // Which is what has ended the input.
        }
        state = State.ENDED;
        notifyAll();
    }

    /**
     * Waits until this direction is over, after the other.
     *
     * @return whether the client has ended it, so that nothing was lost
     */
    synchronized boolean awaitEnd() {
        try {
            while (state == State.OPEN) {
                wait();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return state == State.ENDED;
    }

    @Override
    public HttpFields trailers() {
        return HttpFields.EMPTY;
    }

    /** Wakes whoever reads. */
    @Override
    public void close() {
        boolean wasOpen;
        synchronized (this) {
            if (state == State.ENDED || state == State.CLOSED) {
                return;
            }
            wasOpen = state == State.OPEN;
            state = State.CLOSED;
            notifyAll();
        }
        if (wasOpen) {
            connection.endInput(); // Of no other use any more.
        }
    }
}
