package dev.attache.core.http2;

import dev.attache.core.net.TransportSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that are still to be written to one connection. Whoever adds some need not wait for the peer: a thread that
 * lives only while there is something to write does. What comes while it writes goes out as a whole the next time. Who
 * says that it may wait writes by itself while nobody else does, which spares that thread.
 */
final class OutputQueue {

    /** Is told of what the writing thread does, on that thread; must not block it. */
    interface Owner {

        /** There is room again, which {@link OutputQueue#awaitRoom} has asked for. */
        void outputHasRoom();

        /** The peer has taken something. */
        void outputProgressed(long bytes);

        /** Nothing more can be written. */
        void outputFailed(Throwable cause);

        /** All is written, and no more is taken. */
        void outputEnded();
    }

    /** How much waits at most; as much again may be under way. Two frames of HTTP/2. */
    static final int CAPACITY = 32 * 1024;

    /** Writes in a row of one thread that may wait; then another one goes on, for it also writes what others add. */
    private static final int TURN = 8;

    private final TransportSocket socket;
    private final ByteBufferPool buffers;
    private final Executor threads;
    private final Owner owner;

    // Guarded by this.
    private RetainableByteBuffer.@Nullable Mutable waiting;
    private boolean writing;
    private boolean roomAwaited;
    private boolean ending;
    private @Nullable Throwable failure;
    private volatile long writeBegan;
    private @Nullable Thread lastWriter;
    private int turns;

    OutputQueue(TransportSocket socket, ByteBufferPool buffers, Executor threads, Owner owner) {
        this.socket = socket;
        this.buffers = buffers;
        this.threads = threads;
        this.owner = owner;
    }

    /**
     * Takes as much as there is room for.
     *
     * @param mayWait whether the calling thread may wait for the peer
     * @return whether that was all
     */
    boolean offer(boolean mayWait, ByteBuffer... parts) throws EofException {
        boolean all = true;
        synchronized (this) {
            if (failure != null) {
                throw new EofException(failure);
            }
            if (ending) {
                throw new EofException("output is shut down");
            }
            if (!mayWait || writing || !hasTurn()) {
                for (ByteBuffer part : parts) {
                    all = all && append(part);
                }
                if (waiting == null || writing) {
                    return all;
                }
                mayWait = false;
            }
            writing = true;
        }
        if (mayWait) {
            writeAtOnce(parts);
        } else {
            threads.execute(this::write);
        }
        return all;
    }

    @SuppressWarnings("ReferenceEquality") // Which thread it is, is the question.
    private boolean hasTurn() {
        Thread thread = Thread.currentThread();
        turns = thread == lastWriter ? turns + 1 : 0;
        lastWriter = thread;
        return turns < TURN;
    }

    private void writeAtOnce(ByteBuffer... parts) throws EofException {
        long size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        try {
            writeBegan = now();
            socket.write(parts);
            writeBegan = 0;
        } catch (IOException | RuntimeException failed) {
            fail(failed);
            throw new EofException(failed);
        }
        owner.outputProgressed(size);
        boolean more;
        boolean ended;
        synchronized (this) {
            more = waiting != null || roomAwaited;
            writing = more;
            ended = !more && ending;
        }
        if (more) {
            threads.execute(this::write);
        } else if (ended) {
            owner.outputEnded();
        }
    }

    private boolean append(ByteBuffer part) {
        if (!part.hasRemaining()) {
            return true;
        }
        RetainableByteBuffer.Mutable into = waiting;
        if (into == null) {
            into = buffers.acquire(CAPACITY, true);
            waiting = into;
        }
        return into.append(part);
    }

    /** Asks for a call of {@link Owner#outputHasRoom}. */
    void awaitRoom() {
        synchronized (this) {
            roomAwaited = true;
            if (writing) {
                return;
            }
            writing = true; // It has been written meanwhile. Told by another thread: the caller may hold locks.
        }
        threads.execute(this::write);
    }

    /**
     * Takes no more. {@link Owner#outputEnded} is called when all is written, which may be at once.
     *
     * @return whether that is already so
     */
    boolean end() {
        synchronized (this) {
            ending = true;
            if (writing) {
                return false;
            }
        }
        owner.outputEnded();
        return true;
    }

    /** Bytes of buffers that are held for what waits. */
    synchronized int held() {
        return waiting == null ? 0 : waiting.capacity();
    }

    private static long now() {
        return System.nanoTime() | 1;
    }

    /** Since when the peer has not taken what is being written, by {@code System.nanoTime()}; 0 where nothing is. */
    long writeBegan() {
        return writeBegan;
    }

    /** Whether there is a thread that writes. */
    synchronized boolean isWriting() {
        return writing;
    }

    private void write() {
        try {
            boolean more;
            do {
                more = writeWhatWaits();
            } while (more);
        } catch (IOException | RuntimeException failed) {
            fail(failed);
        }
    }

    private boolean writeWhatWaits() throws IOException {
        RetainableByteBuffer next;
        boolean tellOfRoom;
        boolean ended;
        synchronized (this) {
            next = waiting;
            waiting = null;
            tellOfRoom = roomAwaited;
            roomAwaited = false;
            writing = next != null || tellOfRoom;
            ended = !writing && ending;
        }
        if (ended) {
            owner.outputEnded();
        }
        try {
            if (tellOfRoom) {
                owner.outputHasRoom(); // First, so that the next bytes gather while these are written.
            }
            if (next != null) {
                ByteBuffer bytes = next.getByteBuffer();
                int size = bytes.remaining();
                writeBegan = now();
                socket.write(bytes);
                writeBegan = 0;
                owner.outputProgressed(size);
            }
        } finally {
            if (next != null) {
                next.release();
            }
        }
        return next != null || tellOfRoom;
    }

    private void fail(Throwable cause) {
        RetainableByteBuffer lost;
        boolean ended;
        synchronized (this) {
            failure = cause;
            lost = waiting;
            waiting = null;
            writing = false;
            ended = ending;
        }
        if (lost != null) {
            lost.release();
        }
        owner.outputFailed(cause);
        if (ended) {
            owner.outputEnded();
        }
    }
}
