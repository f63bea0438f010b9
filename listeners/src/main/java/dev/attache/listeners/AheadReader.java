package dev.attache.listeners;

import dev.attache.core.net.TransportSocket;
import dev.attache.core.vital.OutOfMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Waits for what comes in over a connection on a virtual thread of its own, so that whoever needs it can be woken for
 * other reasons as well, or need not wait at all. Goes on until its buffer is full, the input has ended, or it is told
 * to stop, which it does with the next bytes.
 */
final class AheadReader implements Runnable {

    private final TransportSocket socket;
    private final ByteBuffer buffer;
    private final Runnable onEnd;

    // Guarded by this.
    private int arrived;
    private int taken;
    private boolean stopping;
    private boolean finished;
    private boolean ended;
    private @Nullable IOException failure;
    private @Nullable Thread waiting;

    /**
     * A reader, to be started.
     *
     * @param buffer where to; nobody else's until this has finished
     * @param onEnd  told on this reader's thread when the client has ended or is gone
     */
    AheadReader(TransportSocket socket, ByteBuffer buffer, Runnable onEnd) {
        this.socket = socket;
        this.buffer = buffer;
        this.onEnd = onEnd;
    }

    void start() {
        Thread.ofVirtual().name("attache-ahead").start(this);
    }

    @Override
    public void run() {
        boolean more = true;
        while (more) {
            try {
                more = note(socket.read(buffer), null);
            } catch (IOException gone) {
                more = note(-1, gone);
            } catch (RuntimeException | Error broken) {
                OutOfMemory.look(broken);
                more = note(-1, new IOException("reading ahead failed", broken));
            }
        }
        if (hasEnded()) {
            onEnd.run();
        }
    }

    /** Notes what a read has brought. Returns whether to read on. */
    private synchronized boolean note(int n, @Nullable IOException gone) {
        if (n < 0) {
            ended = true;
            failure = gone;
        } else {
            arrived += n;
        }
        finished = n < 0 || stopping || !buffer.hasRemaining();
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
        return !finished;
    }

    /** Lets it end with what it is waiting for now. */
    synchronized void stop() {
        stopping = true;
    }

    /** Whether there is something to take, or the end. The calling thread is unparked when that changes. */
    synchronized boolean ready() {
        waiting = Thread.currentThread();
        return taken < arrived || finished;
    }

    /** Waits until there is something to take, or the end. */
    void await() {
        while (!ready()) {
            LockSupport.park(this);
        }
    }

    /** Whether it has stopped reading, the input goes on, and all was taken. */
    synchronized boolean isSpent() {
        return finished && taken == arrived && !ended;
    }

    /** Whether the client has sent its last byte, or is gone. */
    synchronized boolean hasEnded() {
        return ended;
    }

    /** Why the client is gone; null where it is not, or has ended in order. */
    synchronized @Nullable IOException failure() {
        return failure;
    }

    /**
     * Takes what has arrived, as far as it fits.
     *
     * @return how many bytes; -1 when the client has ended and all was taken
     */
    synchronized int take(ByteBuffer into) throws IOException {
        int n = Math.min(arrived - taken, into.remaining());
        if (n > 0) {
            into.put(into.position(), buffer, taken, n);
            into.position(into.position() + n);
            taken += n;
            return n;
        }
        if (failure != null) {
            throw new IOException("connection broken", failure);
        }
        return ended ? -1 : 0;
    }

    /** How many bytes the one read of a reader that has finished has brought; as {@link TransportSocket#read}. */
    synchronized int brought() throws IOException {
        if (failure != null) {
            throw new IOException("connection broken", failure);
        }
        return ended ? -1 : arrived;
    }
}
