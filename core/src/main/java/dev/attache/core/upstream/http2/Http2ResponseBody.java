package dev.attache.core.upstream.http2;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Headers;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.StreamResetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** The body of a response as it comes over a stream; its end, or its closing, gives the stream back. */
final class Http2ResponseBody implements Body.Streaming {

    private final Http2Pool pool;
    private final Http2Connection connection;
    private final Http2Stream stream;
    private final Exchange exchange;
    private final Cancellation cancellation;
    private final StreamWaker waker;
    private final @Nullable Http2Pump pump;
    private final long length;
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean begun;

    Http2ResponseBody(
            Http2Pool pool,
            Http2Connection connection,
            Http2Stream stream,
            Exchange exchange,
            Cancellation cancellation,
            StreamWaker waker,
            @Nullable Http2Pump pump,
            long announced) {
        this.pool = pool;
        this.connection = connection;
        this.stream = stream;
        this.exchange = exchange;
        this.cancellation = cancellation;
        this.waker = waker;
        this.pump = pump;
        this.length = stream.ended() ? 0 : announced;
        if (stream.ended()) {
            exchange.mark(Phase.US_RX_END);
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean available() {
        return !closed.get() && stream.available();
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        if (closed.get()) {
            throw new IOException("the response is closed");
        }
        if (!cancellation.guard(waker)) {
            throw new IOException("cancelled: " + cancellation.cause());
        }
        ByteBuffer part;
        try {
            part = stream.read();
        } catch (StreamResetException reset) {
            throw judge(reset);
        } finally {
            cancellation.unguard();
        }
        if (part == null) {
            exchange.mark(Phase.US_RX_END);
        } else if (!begun) {
            begun = true;
            exchange.mark(Phase.US_RX_BODY_BEG);
        }
        return part;
    }

    private IOException judge(StreamResetException reset) {
        if (cancellation.cause() != null) {
            return new IOException("cancelled: " + cancellation.cause(), reset);
        }
        IOException broken = pump == null ? null : pump.bodyFailure();
        if (broken != null) {
            return broken;
        }
        switch (reset.kind()) {
            case PEER, UNPROCESSED -> exchange.flag(ResponseFlag.UPSTREAM_REMOTE_RESET);
            case CONNECTION -> exchange.flag(ResponseFlag.UPSTREAM_CONNECTION_TERMINATION);
            case PROTOCOL -> {
                pool.protocolError();
                exchange.flag(ResponseFlag.UPSTREAM_PROTOCOL_ERROR);
            }
            case LOCAL -> {}
        }
        return reset;
    }

    @Override
    public HttpFields trailers() {
        Headers trailers = stream.trailers();
        return trailers == null ? HttpFields.EMPTY : JettyFields.of(trailers);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stream.reset(stream.ended() ? ErrorCode.NO_ERROR : ErrorCode.CANCEL); // Nothing, where all is done.
        if (pump != null) {
            pump.stop();
        }
        pool.release(connection);
    }
}
