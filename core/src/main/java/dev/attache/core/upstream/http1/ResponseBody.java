package dev.attache.core.upstream.http1;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.upstream.http1.ConnectionPool.End;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The content of a response, read from the connection as it is asked for. Closing it gives the connection back where the
 * next response can begin on it, and closes the connection otherwise.
 */
final class ResponseBody implements Body.Streaming, Runnable {

    /** An unread rest of at most this size is thrown away to keep the connection, if it has arrived. */
    private static final int MOST_DRAINED = 64 * 1024;

    private final ConnectionPool pool;
    private final Connection connection;
    private final ResponseReader reader;
    private final Exchange exchange;
    private final Cancellation cancellation;
    private final @Nullable RequestPump pump;
    private final boolean requestComplete;
    private final long length;
    private boolean begun;
    private boolean ended;
    private boolean failed;
    private End end = End.LOCAL;

    // Guarded by this: who closes while another thread reads leaves the rest to the reader.
    private boolean reading;
    private boolean closed;

    ResponseBody(
            ConnectionPool pool,
            Connection connection,
            Exchange exchange,
            Cancellation cancellation,
            @Nullable RequestPump pump,
            boolean requestComplete) {
        this.pool = pool;
        this.connection = connection;
        this.reader = connection.reader();
        this.exchange = exchange;
        this.cancellation = cancellation;
        this.pump = pump;
        this.requestComplete = requestComplete;
        this.length = reader.remaining();
        noteEnd();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public synchronized boolean available() {
        return !closed && !failed && reader.ready();
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        enter();
        try {
            return failed ? fail(new IOException("the response is broken")) : readPart();
        } finally {
            leave();
        }
    }

    private @Nullable ByteBuffer readPart() throws IOException {
        if (reader.complete()) {
            noteEnd();
            return null;
        }
        if (!cancellation.guard(connection)) {
            return fail(new IOException("cancelled: " + cancellation.cause()));
        }
        ByteBuffer part;
        try {
            part = reader.readBody();
        } catch (IOException trouble) {
            return judge(trouble);
        } finally {
            cancellation.unguard();
        }
        if (part != null && !begun) {
            begun = true;
            exchange.mark(Phase.US_RX_BODY_BEG);
        }
        noteEnd();
        return part;
    }

    private void noteEnd() {
        if (!ended && reader.complete()) {
            ended = true;
            exchange.mark(Phase.US_RX_END);
        }
    }

    private @Nullable ByteBuffer judge(IOException trouble) throws IOException {
        if (cancellation.cause() != null) {
            return fail(new IOException("cancelled: " + cancellation.cause(), trouble));
        }
        IOException broken = pump == null ? null : pump.bodyFailure();
        if (broken != null) {
            return fail(broken);
        }
        if (trouble instanceof ProtocolViolation) {
            pool.protocolError();
            exchange.flag(ResponseFlag.UPSTREAM_PROTOCOL_ERROR);
        } else {
            end = End.REMOTE;
            exchange.flag(ResponseFlag.UPSTREAM_CONNECTION_TERMINATION);
        }
        return fail(trouble);
    }

    private @Nullable ByteBuffer fail(IOException trouble) throws IOException {
        failed = true;
        throw trouble;
    }

    private synchronized void enter() throws IOException {
        if (closed) {
            throw new IOException("the response is closed");
        }
        reading = true;
    }

    private void leave() {
        boolean finish;
        synchronized (this) {
            reading = false;
            finish = closed;
        }
        if (finish) {
            failed = true;
            finish();
        }
    }

    @Override
    public HttpFields trailers() {
        return reader.complete() ? reader.trailers() : HttpFields.EMPTY;
    }

    @Override
    public void run() {
        close();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (reading) {
                connection.abort();
                return;
            }
        }
        finish();
    }

    private void finish() {
        boolean whole = !failed && readRest();
        boolean settled = pump == null ? requestComplete : whole ? pump.settle() : stopped(pump);
        connection.requestDone();
        if (whole && settled && reader.reusable() && cancellation.cause() == null) {
            pool.release(connection);
        } else {
            if (connection.isTunnel() && !settled) {
                connection.abort(); // The other side must not take it for an end of what was sent to it.
            }
            pool.discard(connection, end, !whole);
        }
    }

    private static boolean stopped(RequestPump pump) {
        pump.stop();
        return false;
    }

    private boolean readRest() {
        try {
            return reader.complete() || reader.drain(MOST_DRAINED);
        } catch (IOException broken) {
            return false;
        }
    }
}
