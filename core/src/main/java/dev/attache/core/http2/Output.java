package dev.attache.core.http2;

import dev.attache.core.net.TransportSocket;
import dev.attache.core.vital.OutOfMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The octets that are still to be written to one connection. Frames are put behind each other under the lock of the
 * session and written without it, by one thread at a time: by whoever has put something in and may wait for the peer, or
 * else by a thread that lives only while there is something to write. What comes meanwhile goes out as a whole the next
 * time.
 */
final class Output {

    /** Is told of what becomes of the output. */
    interface Owner {

        /** There is room again. Under the lock; must not block. */
        void roomMade();

        /** The peer's system has taken something. */
        void sent(long octets);

        /** Nothing more can be written. */
        void outputFailed(IOException cause);

        /** All is written, and nothing more will be. */
        void outputEnded();
    }

    /** Octets that wait at most before streams wait for room. */
    static final int CAPACITY = 64 * 1024;

    /** Frames that the reading thread puts in while the peer takes nothing (Envoy's max_outbound_control_frames). */
    private static final int MOST_CONTROL_FRAMES = 1000;

    /** Writes in a row of one stream's thread; then another goes on, for it also writes what others add. */
    private static final int TURN = 8;

    private final ReentrantLock lock;
    private final TransportSocket socket;
    private final Owner owner;

    // Guarded by the lock.
    private @Nullable ByteBuffer pending;
    private boolean writing;
    private boolean ending;
    private boolean ended;
    private int controlFrames;
    private @Nullable IOException failure;

    private volatile long writeBegan;

    Output(ReentrantLock lock, TransportSocket socket, Owner owner) {
        this.lock = lock;
        this.socket = socket;
        this.owner = owner;
    }

    // What follows is called under the lock.

    /** The buffer that is added to, with room for {@code octets}. */
    ByteBuffer room(int octets) {
        ByteBuffer into = pending;
        if (into == null) {
            into = BufferPool.OUTPUT.take(octets);
        } else if (into.remaining() < octets) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * into.capacity(), into.position() + octets));
            larger.put(into.flip());
            BufferPool.OUTPUT.give(into);
            into = larger;
        }
        pending = into;
        return into;
    }

    /** Whether streams must wait before they add more. */
    boolean isFull() {
        return pending != null && pending.position() >= CAPACITY;
    }

    /** A frame is added for which the peer is the cause. */
    void countControl() throws ConnectionException {
        if (++controlFrames > MOST_CONTROL_FRAMES) {
            throw new ConnectionException(
                    ErrorCode.ENHANCE_YOUR_CALM,
                    "more than " + MOST_CONTROL_FRAMES + " answers that the peer does not take");
        }
    }

    /** Whether nothing can be written any more. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Leaves what is there to a thread of its own, unless one writes already. */
    void flushLater() {
        if (takeTurn()) {
            startThread();
        }
    }

    /**
     * Whether the caller is to {@link #write} once it has given up the lock, since nobody else does: for a thread that may
     * wait for the peer.
     */
    boolean takeTurn() {
        if (writing || failure != null || (pending == null && (!ending || ended))) {
            return false;
        }
        writing = true;
        return true;
    }

    /** Takes no more: when all is written, the output is ended. */
    void end() {
        ending = true;
        flushLater();
    }

    // To here.

    private void startThread() {
        Thread.ofVirtual().name("attache-output").start(() -> write(Integer.MAX_VALUE));
    }

    /** Writes, for a while, on the calling thread, which {@link #takeTurn} has told to. */
    void write() {
        write(TURN);
    }

    private void write(int turns) {
        try {
            for (int turn = 0; ; turn++) {
                ByteBuffer next = next(turn < turns);
                if (next == null) {
                    return;
                }
                int octets = next.flip().remaining();
                writeBegan = System.nanoTime() | 1;
                socket.write(next);
                writeBegan = 0;
                BufferPool.OUTPUT.give(next);
                owner.sent(octets);
            }
        } catch (IOException gone) {
            fail(gone);
        } catch (RuntimeException | Error broken) {
            OutOfMemory.look(broken);
            fail(new IOException("cannot write: " + broken, broken));
        }
    }

    /** What is to be written next; null where this thread is done. */
    private @Nullable ByteBuffer next(boolean mayGoOn) {
        boolean over = false;
        lock.lock();
        try {
            ByteBuffer next = pending;
            if (next == null) {
                writing = false;
                over = ending && !ended;
                ended |= over;
            } else if (mayGoOn) {
                pending = null;
                controlFrames = 0;
                owner.roomMade();
                return next;
            } else {
                startThread();
            }
        } finally {
            lock.unlock();
        }
        if (over) {
            owner.outputEnded();
        }
        return null;
    }

    private void fail(IOException cause) {
        writeBegan = 0;
        lock.lock();
        try {
            failure = cause;
            writing = false;
            pending = null;
            owner.roomMade();
        } finally {
            lock.unlock();
        }
        owner.outputFailed(cause);
    }

    /** Since when the peer has not taken what is being written, by {@code System.nanoTime()}; 0 where nothing is. */
    long writeBegan() {
        return writeBegan;
    }
}
