package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as it comes from the client. Jetty's chunks are lent on as they are; where none is there, the
 * reading thread parks until Jetty calls. Read by one thread at a time, which need not be the request's own; closed by
 * any.
 */
final class DownstreamBody implements Body.Streaming {

    /** A body up to this size that is there with its head is handed on as a whole. */
    static final int MAX_BUFFERED = 64 * 1024;

    private static final int MAX_SKIPPED = 64 * 1024;

    private final Request request;
    private final Exchange exchange;
    private final boolean keepTrailers;
    private final Invocable.Task wake = Invocable.from(Invocable.InvocationType.NON_BLOCKING, this::wake);

    // Guarded by this, as is every call of the request: Jetty's side is for one thread at a time.
    private boolean ended;
    private boolean demanding;

    private volatile boolean ready;
    private volatile boolean closed;
    private volatile Cancellation.@Nullable Cause cancelled;
    private volatile @Nullable Thread waiting;

    private final Late late = new Late();
    private @Nullable ByteBuffer first;
    private Content.@Nullable Chunk lent;
    private volatile HttpFields trailers = HttpFields.EMPTY;

    private DownstreamBody(Request request, Exchange exchange, boolean keepTrailers, @Nullable ByteBuffer first) {
        this.request = request;
        this.exchange = exchange;
        this.keepTrailers = keepTrailers;
        this.first = first;
    }

    /**
     * The body of {@code request}: whole if it is here and small, else as it comes. Never waits.
     *
     * @return null where it is here and broken
     */
    static @Nullable Body of(Request request, Exchange exchange, boolean keepTrailers) {
        long length = request.getLength();
        if (length == 0 || (length < 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING))) {
            exchange.mark(Exchange.Phase.DS_RX_END);
            return Body.EMPTY;
        }
        boolean waitsForContinue = request.getHeaders().contains(HttpHeader.EXPECT);
        if (length > MAX_BUFFERED || waitsForContinue) {
            return streaming(request, exchange, keepTrailers, null);
        }
        return collect(request, exchange, keepTrailers, new byte[length > 0 ? (int) length : 4096]);
    }

    /** The body of a request that was refused: nobody will read it. */
    static Body unread(Request request, Exchange exchange) {
        return request.getLength() == 0 ? Body.EMPTY : streaming(request, exchange, false, null);
    }

    /** The request must come to its end in the time that {@code serving} gives it. */
    void mustArrive(Serving serving) {
        serving.startRequest(late);
    }

    /** The request has come to its end, or its answer has begun. */
    void arrived() {
        late.cancel();
    }

    private static Body streaming(
            Request request, Exchange exchange, boolean keepTrailers, @Nullable ByteBuffer first) {
        DownstreamBody body = new DownstreamBody(request, exchange, keepTrailers, first);
        exchange.cancellation().listen(body::cancelled);
        return body;
    }

    private static @Nullable Body collect(Request request, Exchange exchange, boolean keepTrailers, byte[] space) {
        byte[] bytes = space;
        int size = 0;
        while (size <= MAX_BUFFERED) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                break;
            }
            if (Content.Chunk.isFailure(chunk)) {
                return null;
            }
            int n = chunk.remaining();
            if (size + n > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(size + n, bytes.length * 4));
            }
            chunk.getByteBuffer().get(bytes, size, n);
            size += n;
            boolean last = chunk.isLast();
            chunk.release();
            if (last) {
                exchange.received(size);
                exchange.mark(Exchange.Phase.DS_RX_END);
                return whole(request, exchange, bytes, size, trailers(chunk, keepTrailers));
            }
        }
        exchange.received(size);
        return streaming(request, exchange, keepTrailers, size == 0 ? null : ByteBuffer.wrap(bytes, 0, size));
    }

    private static Body whole(Request request, Exchange exchange, byte[] bytes, int size, HttpFields trailers) {
        if (trailers.size() > 0) {
            // Sent on with a length it would lose them.
            DownstreamBody body =
                    new DownstreamBody(request, exchange, true, size == 0 ? null : ByteBuffer.wrap(bytes, 0, size));
            body.ended = true;
            body.trailers = trailers;
            return body;
        }
        return size == 0 ? Body.EMPTY : new Body.Buffered(ByteBuffer.wrap(bytes, 0, size), HttpFields.EMPTY);
    }

    private static HttpFields trailers(Content.Chunk last, boolean keepTrailers) {
        return last instanceof Trailers end && keepTrailers ? TrailerRules.valid(end.getTrailers()) : HttpFields.EMPTY;
    }

    @Override
    public long length() {
        return request.getLength();
    }

    @Override
    public synchronized boolean available() {
        return first != null || ended || ready;
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        giveBack();
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
            Content.Chunk chunk = next();
            if (chunk == null) {
                await();
            } else if (Content.Chunk.isFailure(chunk)) {
                if (chunk.isLast()) {
                    if (DownstreamEndPoint.of(request).isEndedByPeer()) {
                        exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
                    }
                    throw new IOException("request body broken", chunk.getFailure());
                }
            } else if (chunk.hasRemaining()) {
                exchange.received(chunk.remaining());
                lent = chunk;
                return chunk.getByteBuffer();
            } else {
                chunk.release();
                if (chunk.isLast()) {
                    return null;
                }
            }
        }
    }

    /** The next chunk; null where there is none yet, and Jetty is to call when there is. */
    private synchronized Content.@Nullable Chunk next() {
        if (ended) {
            return Content.Chunk.EOF;
        }
        Content.Chunk chunk = request.read();
        if (chunk == null) {
            if (!demanding) {
                ready = false;
                demanding = true;
                request.demand(wake); // Sends 100 Continue to a client that waits for it.
            }
            return null;
        }
        if (chunk.isLast() && !Content.Chunk.isFailure(chunk)) {
            ended = true;
            arrived();
            exchange.mark(Exchange.Phase.DS_RX_END);
            trailers = trailers(chunk, keepTrailers);
        }
        return chunk;
    }

    private void await() {
        waiting = Thread.currentThread();
        while (!ready && !closed && cancelled == null) {
            LockSupport.park(this);
        }
        waiting = null;
    }

    /** Jetty has something to read, or a failure. */
    private void wake() {
        synchronized (this) {
            demanding = false;
            ready = true;
        }
        unpark();
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

    private void giveBack() {
        Content.Chunk chunk = lent;
        if (chunk != null) {
            lent = null;
            chunk.release();
        }
    }

    /** Ends all reading; for the request's thread, when no other reads any more. */
    void finish() {
        close();
        giveBack();
    }

    /** Skips what is left if it is small and here. Returns whether the end was reached. */
    synchronized boolean skipRest() {
        int skipped = 0;
        while (!ended && !demanding && skipped <= MAX_SKIPPED) {
            Content.Chunk chunk = request.read();
            if (chunk == null || Content.Chunk.isFailure(chunk, true)) {
                return false;
            }
            skipped += chunk.remaining();
            ended = chunk.isLast() && !Content.Chunk.isFailure(chunk);
            chunk.release();
        }
        return ended && !demanding;
    }

    synchronized boolean ended() {
        return ended && !demanding;
    }

    /** Waits for the end of what the client sends, and throws it away; ends early when the connection is closed. */
    void discard() {
        while (true) {
            Content.Chunk chunk = next();
            if (chunk == null) {
                waiting = Thread.currentThread();
                while (!ready) {
                    LockSupport.park(this);
                }
                waiting = null;
            } else if (chunk.isLast()) {
                chunk.release();
                return;
            } else {
                chunk.release();
            }
        }
    }

    /** The client takes too long over its request. */
    private final class Late extends Deadline {
        @Override
        protected void expired() {
            exchange.cancellation().cancel(Cancellation.Cause.REQUEST_TIMEOUT);
        }
    }
}
