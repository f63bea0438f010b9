package dev.attache.core.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a TLS connection. Its lock is held while the network is waited on, so whoever must not wait only
 * tries it: a reader with an answer of TLS, and the one who says goodbye.
 */
final class TlsOutput {

    private static final ByteBuffer[] NO_PARTS = {ByteBuffer.allocate(0)};

    /** Answers of TLS that may wait for a writer who waits for the peer. */
    private static final int MOST_UNANSWERED = 1024;

    private final PlainSocket socket;
    private final SSLEngine engine;
    private final ServerFlight flight;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean established;
    private int unanswered; // Of the reader's.

    // Guarded by the lock. Behind what could not be sent without waiting comes what is written next.
    private @Nullable ByteBuffer outgoing;

    TlsOutput(PlainSocket socket, SSLEngine engine, ServerFlight flight) {
        this.socket = socket;
        this.engine = engine;
        this.flight = flight;
    }

    /** The handshake is over. */
    void established() {
        established = true;
    }

    /** Waits until what the engine itself has to say is sent. */
    HandshakeStatus flush() throws IOException {
        lock.lock();
        try {
            SSLEngineResult result;
            do {
                result = wrap(NO_PARTS);
            } while (saysMore(result));
            send();
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new SSLException("TLS is closed");
            }
            HandshakeStatus status = result.getHandshakeStatus();
            return status == HandshakeStatus.FINISHED ? status : engine.getHandshakeStatus();
        } finally {
            leave();
        }
    }

    private static boolean saysMore(SSLEngineResult result) {
        return result.getStatus() == SSLEngineResult.Status.OK
                && result.bytesProduced() > 0
                && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
    }

    /**
     * Sends what the engine has to say, as far as that takes no waiting; the rest goes in front of what is written next.
     *
     * @throws SSLException when the peer has much answered and takes none of it
     */
    void answer() throws IOException {
        if (!lock.tryLock()) {
            // Whoever writes sends it along, and may be busy because the peer waits for us.
            if (++unanswered > MOST_UNANSWERED) {
                throw new SSLException("peer asks and takes no answers");
            }
            return;
        }
        try {
            unanswered = 0;
            SSLEngineResult result;
            do {
                if (outgoing().remaining() < engine.getSession().getPacketBufferSize()) {
                    throw new SSLException("peer asks and takes no answers");
                }
                result = wrap(NO_PARTS);
            } while (saysMore(result));
            sendNow();
        } finally {
            leave();
        }
    }

    /** Waits until all of {@code from} is written. */
    void write(ByteBuffer[] from) throws IOException {
        lock.lock();
        try {
            while (anyLeft(from)) {
                SSLEngineResult result = wrap(from);
                boolean full = outgoing().remaining() < engine.getSession().getPacketBufferSize();
                if (full || !anyLeft(from) || result.bytesProduced() == 0) {
                    send();
                }
                if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    throw new SSLException("TLS is closed");
                }
                if (result.bytesProduced() == 0 && result.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
                    throw new SSLException("TLS renegotiation refused");
                }
            }
        } finally {
            leave();
        }
    }

    private static boolean anyLeft(ByteBuffer[] parts) {
        for (ByteBuffer part : parts) {
            if (part.hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    /** Waits until the peer is told that nothing more comes. */
    void end() throws IOException {
        lock.lock();
        try {
            send(); // What an answer has left behind.
            wrapGoodbye();
            send();
            socket.endOutput();
        } finally {
            leave();
        }
    }

    /** Says goodbye as far as that takes no waiting: a peer that does not read gets none, and one that is gone. */
    void endNow() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            wrapGoodbye();
            sendNow();
        } catch (IOException ignored) {
            // The peer is gone.
        } finally {
            drop();
            lock.unlock();
        }
    }

    private void wrapGoodbye() throws IOException {
        engine.closeOutbound();
        SSLEngineResult result;
        do {
            // Behind what the engine had still to say; where that has no room, there will be none for this.
            result = engine.wrap(NO_PARTS, outgoing());
        } while (result.getStatus() == SSLEngineResult.Status.OK && result.bytesProduced() > 0);
    }

    private SSLEngineResult wrap(ByteBuffer[] from) throws IOException {
        while (true) {
            SSLEngineResult result = engine.wrap(from, outgoing());
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                if (outgoing().position() == 0) {
                    int larger = 2 * outgoing().capacity(); // A record that is larger than announced.
                    drop();
                    outgoing = ByteBuffer.allocate(larger);
                }
                send();
                continue;
            }
            if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                runTasks();
            }
            return result;
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** What is to be sent, ready to be added to. */
    private ByteBuffer outgoing() {
        if (outgoing == null) {
            outgoing = TlsBuffers.RECORDS.take(engine.getSession().getPacketBufferSize());
        }
        return outgoing;
    }

    private void send() throws IOException {
        ByteBuffer out = outgoing().flip();
        if (!established && !engine.getUseClientMode()) {
            flight.hear(out);
        }
        try {
            socket.write(out);
        } finally {
            out.clear();
        }
    }

    private void sendNow() throws IOException {
        ByteBuffer out = outgoing().flip();
        try {
            socket.writeNow(out);
        } finally {
            out.compact();
        }
    }

    private void leave() {
        if (outgoing != null && outgoing.position() == 0) {
            drop();
        }
        lock.unlock();
    }

    private void drop() {
        ByteBuffer buffer = outgoing;
        outgoing = null;
        if (buffer != null) {
            TlsBuffers.RECORDS.give(buffer);
        }
    }
}
