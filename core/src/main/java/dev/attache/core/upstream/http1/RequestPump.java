package dev.attache.core.upstream.http1;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http1.HeadBytes;
import dev.attache.core.http1.IllegalHeadException;
import dev.attache.core.vital.OutOfMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * Carries a request body upstream on a thread of its own, while the request's thread waits for the response. When the
 * body breaks it closes the upstream connection, which wakes that thread; when the upstream does not take the body it
 * just stops, for an answer may be on its way.
 *
 * <p>The bytes of a tunnel go as they are, and their end is passed on as the end of that direction.
 */
final class RequestPump implements Runnable {

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};

    /** The last bytes are being written: the response may have come before the writer knows that it is done. */
    private static final Duration LAST_WRITE = Duration.ofMillis(200);

    /** A body that was closed ends its reader at once; this bounds what a broken one can do. */
    private static final Duration LAST_READ = Duration.ofSeconds(1);

    private enum State {
        PUMPING,
        FINISHING,
        DONE,
        STOPPED
    }

    private final AttemptSettings settings;
    private final Connection connection;
    private final Body body;
    private final Exchange exchange;
    private final boolean tunnel;
    private final SlowUploads.@Nullable Upload upload;
    private final Thread thread;
    private volatile State state = State.PUMPING;
    private volatile boolean stopped;
    private volatile @Nullable IOException bodyFailure;

    /**
     * A pump, to be started.
     *
     * @param tunnel whether the connection has gone over to another protocol
     * @param upload told how fast the body comes; null where that does not matter
     */
    RequestPump(
            AttemptSettings settings,
            Connection connection,
            Body body,
            Exchange exchange,
            boolean tunnel,
            SlowUploads.@Nullable Upload upload) {
        this.settings = settings;
        this.connection = connection;
        this.body = body;
        this.exchange = exchange;
        this.tunnel = tunnel;
        this.upload = upload;
        this.thread = Thread.ofVirtual().name("attache-pump-" + exchange.id()).unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** What was wrong with the request's body; null while nothing was. */
    @Nullable
    IOException bodyFailure() {
        return bodyFailure;
    }

    /** The response is complete. Returns whether the request is too; if it is not, it never will be. */
    boolean settle() {
        if (state == State.FINISHING || tunnel) { // Who waits for the end of a tunnel knows before the pump does.
            join(LAST_WRITE);
        }
        if (state == State.DONE) {
            return true;
        }
        stop();
        return false;
    }

    /** Ends the pumping and the connection. */
    void stop() {
        stopped = true;
        if (thread.isAlive()) {
            connection.abort();
            body.close();
            join(LAST_READ);
        }
    }

    private void join(Duration atMost) {
        try {
            thread.join(atMost);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            boolean done = tunnel ? pumpTunnel() : pump();
            state = done ? State.DONE : State.STOPPED;
        } catch (IOException | RuntimeException | Error broken) {
            OutOfMemory.look(broken);
            state = State.STOPPED;
            if (!stopped) {
                bodyFailure = broken instanceof IOException io ? io : new IOException("request body failed", broken);
                connection.abort();
            }
        } finally {
            if (upload != null) {
                upload.close();
            }
        }
    }

    private @Nullable ByteBuffer read() throws IOException {
        if (upload == null) {
            return body.read();
        }
        upload.waits();
        ByteBuffer part = body.read();
        upload.came(part == null ? 0 : part.remaining());
        return part;
    }

    /** Throws for what the body does, and returns false for what the upstream does. */
    private boolean pump() throws IOException {
        long length = RequestHead.announcedLength(body);
        long pumped = 0;
        for (ByteBuffer part = read(); part != null; part = read()) {
            int size = part.remaining();
            pumped += size;
            if (length >= 0 && pumped > length) {
                throw new IOException("request body of more than the " + length + " bytes announced");
            }
            if (pumped == length) {
                state = State.FINISHING;
            }
            if (stopped || !(length < 0 ? writeChunk(part, size) : write(part, size))) {
                return false;
            }
        }
        if (length >= 0 && pumped < length) {
            throw new IOException("request body of " + pumped + " bytes where " + length + " were announced");
        }
        if (length < 0) {
            ByteBuffer end = lastChunk();
            state = State.FINISHING;
            if (!write(end, end.remaining())) {
                return false;
            }
        }
        exchange.mark(Phase.US_TX_END);
        return true;
    }

    /** As {@link #pump}; a direction that the upstream does not take ends here as well. */
    private boolean pumpTunnel() throws IOException {
        for (ByteBuffer part = body.read(); part != null; part = body.read()) {
            if (stopped || !write(part, part.remaining())) {
                body.close();
                return false;
            }
        }
        exchange.mark(Phase.US_TX_END);
        try {
            connection.socket().endOutput();
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private boolean write(ByteBuffer part, int size) {
        try {
            connection.socket().write(part);
            settings.stats().upstreamCxTxBytesTotal.add(size);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private boolean writeChunk(ByteBuffer part, int size) {
        if (size == 0) {
            return true; // An empty chunk would be the last one.
        }
        ByteBuffer head = ByteBuffer.wrap(HeadBytes.ascii(Integer.toHexString(size) + "\r\n"));
        try {
            connection.socket().write(new ByteBuffer[] {head, part, ByteBuffer.wrap(CRLF)});
            settings.stats().upstreamCxTxBytesTotal.add(head.capacity() + size + CRLF.length);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private ByteBuffer lastChunk() throws IOException {
        HttpFields trailers = settings.trailers() ? body.trailers() : HttpFields.EMPTY;
        HeadBytes end = new HeadBytes(settings.headerCase(), new byte[64 + 64 * trailers.size()]);
        end.put(LAST_CHUNK);
        try {
            for (HttpField field : trailers) {
                if (Trailers.mayBeForwarded(field)) {
                    end.field(field);
                }
            }
        } catch (IllegalHeadException illegal) {
            throw new IOException(illegal.getMessage());
        }
        end.endLine();
        return end.written();
    }
}
