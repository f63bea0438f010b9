package dev.attache.core.upstream.http1;

import dev.attache.core.http.Cancellation;
import dev.attache.core.net.TransportSocket;
import dev.attache.core.upstream.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connection to an endpoint: used by one request at a time, or idle in the pool, whose lock then guards it. As a
 * waker it wakes those who read and write by {@linkplain #abort aborting} it.
 */
final class Connection implements Cancellation.Waker {

    private final Object key;
    private final Endpoint endpoint;
    private final TransportSocket socket;
    private final ResponseReader reader;
    private final String authority;
    private final long opened;
    private long requests;
    private long idleSince;
    private boolean pooled;
    private volatile boolean tunnel;

    Connection(Object key, Endpoint endpoint, TransportSocket socket, ResponseReader reader, long opened) {
        this.key = key;
        this.endpoint = endpoint;
        this.socket = socket;
        this.reader = reader;
        this.authority = endpoint.port() == 0 ? "localhost" : endpoint.hostname() + ":" + endpoint.port();
        this.opened = opened;
    }

    /** What the pool finds this connection by. */
    Object key() {
        return key;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** What a request that has no authority says instead. */
    String authority() {
        return authority;
    }

    TransportSocket socket() {
        return socket;
    }

    ResponseReader reader() {
        return reader;
    }

    /** When it began, by {@code System.nanoTime()}. */
    long opened() {
        return opened;
    }

    /** Requests that were answered in full. */
    long requests() {
        return requests;
    }

    void requestDone() {
        requests++;
    }

    /** Begins to be idle. */
    void rest() {
        idleSince = System.nanoTime();
        pooled = true;
    }

    /** Whether it has been idle, so that the peer may have closed it. */
    boolean wasPooled() {
        return pooled;
    }

    long idleNanos(long now) {
        return now - idleSince;
    }

    /** Whether an idle connection is of no use: the peer has closed it, or has sent what nobody asked for. */
    boolean isDead() {
        try {
            return socket.readNow(ByteBuffer.allocate(1)) != 0;
        } catch (IOException dead) {
            return true;
        }
    }

    /** From now on it carries another protocol, until it ends. */
    void becomeTunnel() {
        tunnel = true;
    }

    boolean isTunnel() {
        return tunnel;
    }

    /** Closes at once, for any thread: a tunnel with a reset, for there an orderly end would mean something. */
    void abort() {
        if (tunnel) {
            socket.reset();
        } else {
            socket.close();
        }
    }

    /** Gives the buffers up. */
    void trim() {
        reader.trim();
        socket.trim();
    }

    @Override
    public void wake(Cancellation.Cause cause) {
        abort();
    }

    @Override
    public boolean arrived() {
        return socket.hasInput();
    }
}
