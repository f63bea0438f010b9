package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http1.HeadBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as it comes from the client. Parts are lent from the buffer of the connection; where none is
 * there, another thread waits for it, so that whoever reads here can be woken. Read by one thread at a time, which need
 * not be the request's own; closed by any.
 */
final class DownstreamBody implements Body.Streaming {

    /** A body up to this size that is there with its head is handed on as a whole. */
    static final int MAX_BUFFERED = 64 * 1024;

    private static final int MAX_SKIPPED = 64 * 1024;
    private static final byte[] CONTINUE = HeadBytes.ascii("HTTP/1.1 100 Continue\r\n\r\n");

    private final DownstreamConnection connection;
    private final RequestReader reader;
    private final Exchange exchange;
    private final boolean keepTrailers;
    private final long length;
    private final @Nullable ContinueGate gate;
    private final Late late = new Late();

    private @Nullable ByteBuffer first;
    private volatile @Nullable AheadReader pending;
    private volatile boolean ended;
    private volatile boolean closed;
    private volatile Cancellation.@Nullable Cause cancelled;
    private volatile @Nullable Thread waiting;
    private volatile @Nullable Thread lastReader;
    private volatile HttpFields trailers = HttpFields.EMPTY;

    private DownstreamBody(
            DownstreamConnection connection,
            RequestReader reader,
            Exchange exchange,
            boolean keepTrailers,
            @Nullable ByteBuffer first) {
        this.connection = connection;
        this.reader = reader;
        this.exchange = exchange;
        this.keepTrailers = keepTrailers;
        this.length = reader.head().contentLength();
        this.gate = reader.head().expectsContinue() ? new ContinueGate() : null;
        this.first = first;
    }

    /**
     * The body of the request whose head {@code reader} has read: whole if it is here and small, else as it comes. Never
     * waits.
     *
     * @return null where it is here and broken
     */
    static @Nullable Body of(
            DownstreamConnection connection, RequestReader reader, Exchange exchange, boolean keepTrailers) {
        if (reader.complete()) {
            exchange.mark(Exchange.Phase.DS_RX_END, exchange.nanos(Exchange.Phase.DS_RX_BEG));
            return Body.EMPTY;
        }
        RequestHead head = reader.head();
        if (head.contentLength() > MAX_BUFFERED || head.expectsContinue()) {
            return streaming(connection, reader, exchange, keepTrailers, null);
        }
        return collect(connection, reader, exchange, keepTrailers);
    }

    /** The body of a request that was refused: nobody will read it. */
    static Body unread(DownstreamConnection connection, RequestReader reader, Exchange exchange) {
        return reader.complete() ? Body.EMPTY : streaming(connection, reader, exchange, false, null);
    }

    private static Body streaming(
            DownstreamConnection connection,
            RequestReader reader,
            Exchange exchange,
            boolean keepTrailers,
            @Nullable ByteBuffer first) {
        DownstreamBody body = new DownstreamBody(connection, reader, exchange, keepTrailers, first);
        exchange.cancellation().listen(body::cancelled);
        return body;
    }

    private static @Nullable Body collect(
            DownstreamConnection connection, RequestReader reader, Exchange exchange, boolean keepTrailers) {
        long length = reader.head().contentLength();
        byte[] bytes = new byte[length > 0 ? (int) length : 4096];
        int size = 0;
        try {
            while (!reader.complete() && size <= MAX_BUFFERED) {
                ByteBuffer part = reader.takePart();
                if (part == null) {
                    if (!reader.complete() && reader.receiveNow() <= 0) {
                        break; // Also at the end: whoever reads on meets it again.
                    }
                    continue;
                }
                int n = part.remaining();
                if (size + n > bytes.length) {
                    bytes = Arrays.copyOf(bytes, Math.max(size + n, bytes.length * 4));
                }
                part.get(bytes, size, n);
                size += n;
            }
        } catch (IOException broken) {
            return null;
        }
        exchange.received(size);
        ByteBuffer collected = size == 0 ? null : ByteBuffer.wrap(bytes, 0, size);
        if (!reader.complete()) {
            return streaming(connection, reader, exchange, keepTrailers, collected);
        }
        exchange.mark(Exchange.Phase.DS_RX_END);
        HttpFields trailers = keepTrailers ? reader.trailers() : HttpFields.EMPTY;
        if (trailers.size() > 0) {
            // Sent on with a length it would lose them.
            DownstreamBody body = new DownstreamBody(connection, reader, exchange, true, collected);
            body.ended = true;
            body.trailers = trailers;
            return body;
        }
        return collected == null ? Body.EMPTY : new Body.Buffered(collected, HttpFields.EMPTY);
    }

    /** The request must come to its end in the time that {@code serving} gives it. */
    void mustArrive(Serving serving) {
        serving.startRequest(late);
    }

    /** The request has come to its end, or its answer has begun. */
    void arrived() {
        late.cancel();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean available() {
        AheadReader reading = pending;
        return first != null || ended || (reading != null && reading.ready());
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        lastReader = Thread.currentThread();
        if (first != null) {
            ByteBuffer collected = first;
            first = null;
            return collected;
        }
        while (true) {
            Cancellation.Cause cause = cancelled;
            if (closed || cause != null) {
                throw new IOException(cause == null ? "request body closed" : "request body given up: " + cause);
            }
            if (ended) {
                return null;
            }
            if (pending == null) {
                ByteBuffer part = takePart();
                if (reader.complete()) {
                    end();
                }
                if (part != null) {
                    exchange.received(part.remaining());
                    return part;
                }
                if (!ended) {
                    receive();
                }
            } else {
                receive();
            }
        }
    }

    private @Nullable ByteBuffer takePart() throws IOException {
        try {
            return reader.takePart();
        } catch (IOException malformed) {
            connection.stats().protocolError.increment(); // Whoever reads here says what is answered.
            throw malformed;
        }
    }

    private void end() {
        trailers = keepTrailers ? reader.trailers() : HttpFields.EMPTY;
        ended = true;
        arrived();
        exchange.mark(Exchange.Phase.DS_RX_END);
        connection.input().mayBeWatched();
    }

    /** Waits for more; returns early when this is closed, and then leaves the read pending. */
    private void receive() throws IOException {
        AheadReader reading = pending;
        if (reading == null) {
            if (gate != null) {
                gate.open();
            }
            reading = connection.input().readAhead(reader.room());
            pending = reading;
        }
        waiting = Thread.currentThread();
        while (!reading.ready() && !closed && cancelled == null) {
            LockSupport.park(this);
        }
        waiting = null;
        if (reading.ready()) {
            received(reading);
        }
    }

    private void received(AheadReader reading) throws IOException {
        pending = null;
        try {
            if (connection.input().brought(reading) < 0) {
                throw new IOException("request body broken off");
            }
        } catch (IOException gone) {
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            throw gone;
        } finally {
            reader.filled();
        }
    }

    private void cancelled(Cancellation.Cause cause) {
        cancelled = cause;
        unpark();
    }

    private void unpark() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public HttpFields trailers() {
        return trailers;
    }

    /** Wakes the reading thread, which keeps what it was lent until it is done with it. */
    @Override
    public void close() {
        closed = true;
        unpark();
    }

    /** Writes an interim response, not in the middle of another. */
    void writeInterim(ByteBuffer bytes) throws IOException {
        if (gate == null) {
            connection.write(bytes);
        } else {
            gate.write(bytes);
        }
    }

    /** The final response begins. Returns whether the client is still waiting to be told to send its body. */
    boolean answerBegins() {
        return gate != null && gate.shut();
    }

    /** Skips what is left if it is small and here. Returns whether the end was reached; for the request's thread. */
    boolean skipRest() {
        Thread other = lastReader;
        if (other != null && other != Thread.currentThread() && other.isAlive()) {
            return ended; // It may still be using what it was lent.
        }
        int skipped = 0;
        try {
            while (!ended && pending == null && skipped <= MAX_SKIPPED) {
                ByteBuffer part = reader.takePart();
                if (part != null) {
                    skipped += part.remaining();
                }
                if (reader.complete()) {
                    end();
                } else if (part == null && reader.receiveNow() <= 0) {
                    return false;
                }
            }
        } catch (IOException broken) {
            return false;
        }
        return ended;
    }

    /** Whether all of the request has come. */
    boolean ended() {
        return ended;
    }

    /** The client takes too long over its request. */
    private final class Late extends Deadline {
        @Override
        protected void expired() {
            exchange.cancellation().cancel(Cancellation.Cause.REQUEST_TIMEOUT);
        }
    }

    /** Tells a client to go on once its body is wanted, unless its answer has begun by then. */
    private final class ContinueGate {
        private final ReentrantLock lock = new ReentrantLock();
        private boolean open;
        private boolean shut;

        void open() throws IOException {
            lock.lock();
            try {
                if (!open && !shut) {
                    open = true;
                    connection.write(ByteBuffer.wrap(CONTINUE));
                }
            } finally {
                lock.unlock();
            }
        }

        void write(ByteBuffer bytes) throws IOException {
            lock.lock();
            try {
                connection.write(bytes);
            } finally {
                lock.unlock();
            }
        }

        /** Returns whether it was never open. */
        boolean shut() {
            lock.lock();
            try {
                shut = true;
                return !open;
            } finally {
                lock.unlock();
            }
        }
    }
}
