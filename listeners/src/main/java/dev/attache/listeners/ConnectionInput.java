package dev.attache.listeners;

import dev.attache.core.net.TransportSocket;
import dev.attache.core.stats.Counter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What comes in over one connection. Its thread waits here for the next request; while that thread waits for an upstream
 * instead, another one can be set to watch whether the client leaves: what that one reads comes before all else.
 */
final class ConnectionInput {

    /** Bytes of later requests that a watch takes; then it ends, for a client that sends so much has not left. */
    private static final int WATCHED_BYTES = 1024;

    /** The connection's thread reads by itself. */
    private static final int OWNED = 0;
    /** Nobody reads, and a watch may be set. */
    private static final int UNWATCHED = 1;
    /** A watch is set. */
    private static final int WATCHED = 2;

    private final TransportSocket socket;
    private final Counter bytes;
    private final Runnable onLeft;
    private final AtomicInteger phase = new AtomicInteger(OWNED);
    private volatile @Nullable AheadReader ahead;
    private volatile boolean ended;
    private volatile boolean broken;

    /**
     * The input of a connection.
     *
     * @param bytes  counts what comes in
     * @param onLeft told when a watch sees the client end or vanish
     */
    ConnectionInput(TransportSocket socket, Counter bytes, Runnable onLeft) {
        this.socket = socket;
        this.bytes = bytes;
        this.onLeft = onLeft;
    }

    /** Waits for bytes. Returns how many there are, -1 at the end. */
    int read(ByteBuffer into) throws IOException {
        AheadReader first = ahead;
        while (first != null) {
            first.await();
            int n = first.take(into);
            if (first.isSpent()) {
                ahead = null;
            }
            if (n != 0) {
                return count(n);
            }
            first = ahead;
        }
        try {
            return count(socket.read(into));
        } catch (IOException gone) {
            throw noteBroken(gone);
        }
    }

    /** Takes what has arrived, without waiting: 0 where there is nothing. Only while no other thread uses the socket. */
    int readNow(ByteBuffer into) throws IOException {
        return ahead == null ? count(socket.readNow(into)) : 0;
    }

    private int count(int n) {
        if (n > 0) {
            bytes.add(n);
        } else if (n < 0) {
            ended = true;
        }
        return n;
    }

    private IOException noteBroken(IOException gone) {
        if (!(gone instanceof ClosedChannelException)) { // Else it was us who closed it.
            ended = true;
            broken = true;
        }
        return gone;
    }

    /** Whether the client sends no more, be it that it has ended or that it is gone. */
    boolean ended() {
        return ended;
    }

    /** Whether the client is gone. */
    boolean broken() {
        return broken;
    }

    /** Begins one read into {@code room} on another thread. */
    AheadReader readAhead(ByteBuffer room) {
        AheadReader reader = new AheadReader(socket, room, () -> {});
        reader.stop();
        ahead = reader;
        reader.start();
        return reader;
    }

    /** Takes note of what the one read of {@code finished} has brought; as {@link #read}. */
    int brought(AheadReader finished) throws IOException {
        ahead = null;
        try {
            return count(finished.brought());
        } catch (IOException gone) {
            throw noteBroken(gone);
        }
    }

    /** The request is complete and its answer awaited: a watch may be set from now on. */
    void mayBeWatched() {
        phase.setRelease(UNWATCHED);
    }

    /** Waits for the client to leave, on another thread; does nothing where that cannot be, or is done already. */
    synchronized void watch() {
        if (!phase.compareAndSet(UNWATCHED, WATCHED)) {
            return;
        }
        AheadReader earlier = ahead;
        if (earlier == null) {
            AheadReader watcher = new AheadReader(socket, ByteBuffer.allocate(WATCHED_BYTES), this::watcherEnded);
            ahead = watcher;
            watcher.start();
        } else if (earlier.hasEnded()) {
            watcherEnded();
        }
    }

    private void watcherEnded() {
        AheadReader watcher = ahead;
        IOException failure = watcher == null ? null : watcher.failure();
        if (failure != null) {
            noteBroken(failure);
        } else {
            ended = true;
        }
        if (phase.get() == WATCHED) {
            onLeft.run();
        }
    }

    /** The connection's thread reads again. */
    void own() {
        if (phase.get() == OWNED || phase.compareAndSet(UNWATCHED, OWNED)) {
            return;
        }
        synchronized (this) {
            AheadReader watcher = ahead;
            if (watcher != null) {
                watcher.stop();
            }
            phase.set(OWNED);
        }
    }
}
