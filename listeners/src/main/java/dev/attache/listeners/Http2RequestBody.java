package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Headers;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.MessageHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** The body of a request as it comes over a stream. Read by one thread at a time; closed by any. */
final class Http2RequestBody implements Body.Streaming {

    /** A body up to this size that is there with its head is handed on as a whole. */
    private static final int MAX_BUFFERED = 64 * 1024;

    private static final int FIRST_SIZE = 1024;

    private final Http2Stream stream;
    private final Exchange exchange;
    private final UnderscoreRules underscores;
    private final long length;
    private final Late late = new Late();
    private final CountDownLatch done = new CountDownLatch(1);
    private boolean asksToGoOn;
    private @Nullable ByteBuffer first;
    private boolean ended;
    private volatile HttpFields trailers = HttpFields.EMPTY;
    private volatile @Nullable String givenUp;

    Http2RequestBody(Http2Stream stream, Exchange exchange, MessageHead head, UnderscoreRules underscores) {
        this.stream = stream;
        this.exchange = exchange;
        this.underscores = underscores;
        this.length = head.contentLength();
        this.asksToGoOn = head.fields().contains("expect");
    }

    /** The whole body if it is here and small, else this one. Never waits. */
    Body whole() throws IOException {
        byte[] bytes = null;
        int size = 0;
        while (size <= MAX_BUFFERED && stream.available()) {
            ByteBuffer part = stream.read();
            if (part == null) {
                end();
                ByteBuffer content = bytes == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(bytes, 0, size);
                return content.hasRemaining() || trailers.size() > 0
                        ? new Body.Buffered(content.slice(), trailers)
                        : Body.EMPTY;
            }
            int n = part.remaining();
            if (bytes == null) {
                bytes = new byte[Math.max(n, length < 0 ? FIRST_SIZE : (int) Math.min(length, MAX_BUFFERED))];
            } else if (bytes.length < size + n) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + n));
            }
            part.get(bytes, size, n);
            size += n;
            exchange.received(n);
        }
        first = bytes == null ? null : ByteBuffer.wrap(bytes, 0, size);
        return this;
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
        return first != null || stream.available();
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        if (givenUp != null) {
            throw new IOException("request body " + givenUp);
        }
        ByteBuffer collected = first;
        if (collected != null) {
            first = null;
            return collected;
        }
        if (ended) {
            return null;
        }
        if (asksToGoOn && !stream.available()) {
            asksToGoOn = false;
            stream.sendContinue();
        }
        ByteBuffer part = stream.read();
        if (part == null) {
            end();
        } else {
            exchange.received(part.remaining());
        }
        return part;
    }

    /** Waits until all has been read, or nobody reads any more. */
    void awaitEnd() {
        try {
            done.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        ended = true;
        done.countDown();
        Headers fields = stream.trailers();
        if (fields != null) {
            trailers = TrailerRules.ofRequest(JettyFields.of(fields), underscores);
        }
        arrived();
        exchange.mark(Exchange.Phase.DS_RX_END);
    }

    void cancelled(Cancellation.Cause cause) {
        givenUp = "given up: " + cause;
        done.countDown();
        stream.endReading();
    }

    @Override
    public HttpFields trailers() {
        return trailers;
    }

    @Override
    public void close() {
        if (givenUp == null) {
            givenUp = "closed";
        }
        done.countDown();
        arrived();
        stream.endReading();
    }

    /** The client takes too long over its request. */
    private final class Late extends Deadline {
        @Override
        protected void expired() {
            exchange.cancellation().cancel(Cancellation.Cause.REQUEST_TIMEOUT);
        }
    }
}
