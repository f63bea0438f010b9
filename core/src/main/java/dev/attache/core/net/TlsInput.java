package dev.attache.core.net;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * The reading half of a TLS connection, and its handshake. Its lock is held while the peer is waited for, so nobody but a
 * reader waits for it; what is to be done when nobody reads any more is done by who comes last. What the peer asks for in
 * the middle of a connection (a key update) is answered without waiting; a TLS 1.2 renegotiation is refused, for the names
 * in the certificate are checked once.
 */
final class TlsInput {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int MOST_PACKETS = 4;
    private static final int SMALL = 1024;

    private final PlainSocket socket;
    private final SSLEngine engine;
    private final ServerFlight flight;
    private final TlsOutput output;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock; both between their position and limit.
    private ByteBuffer encrypted = NOTHING;
    private ByteBuffer decrypted = NOTHING;
    private boolean goodbyeReceived;
    private boolean established;
    private boolean busy;

    private final Runnable last;
    private volatile boolean ending;

    /** @param last what is to be done each time that reading has {@linkplain #end ended}; idempotent */
    TlsInput(PlainSocket socket, SSLEngine engine, ServerFlight flight, TlsOutput output, Runnable last) {
        this.socket = socket;
        this.engine = engine;
        this.flight = flight;
        this.output = output;
        this.last = last;
    }

    /** As {@link TlsSocket#handshake}. */
    void handshake() throws IOException {
        lock.lock();
        try {
            engine.beginHandshake();
            HandshakeStatus status = engine.getHandshakeStatus();
            while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
                status = switch (status) {
                    case NEED_WRAP -> output.flush();
                    case NEED_TASK -> runTasks();
                    default -> unwrapHandshake();
                };
            }
            established = true;
            output.established();
        } finally {
            leave();
        }
    }

    private HandshakeStatus unwrapHandshake() throws IOException {
        SSLEngineResult result = unwrap(NOTHING);
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> {
                if (fill(true) < 0) {
                    throw new EOFException("connection closed during the TLS handshake");
                }
            }
            case CLOSED -> throw new SSLException("peer closed TLS during the handshake");
            case BUFFER_OVERFLOW -> throw new SSLException("data before the end of the TLS handshake");
            case OK -> {}
        }
        HandshakeStatus status = result.getHandshakeStatus();
        return status == HandshakeStatus.FINISHED ? status : engine.getHandshakeStatus();
    }

    /** As {@link TransportSocket#read}. */
    int read(ByteBuffer into) throws IOException {
        lock.lock();
        return readAndLeave(into, true);
    }

    /** As {@link TransportSocket#readNow}. */
    int readNow(ByteBuffer into) throws IOException {
        return lock.tryLock() ? readAndLeave(into, false) : 0;
    }

    private int readAndLeave(ByteBuffer into, boolean wait) throws IOException {
        try {
            while (true) {
                if (decrypted.hasRemaining()) {
                    int n = copy(decrypted, into);
                    giveBackDecrypted();
                    return n;
                }
                if (goodbyeReceived) {
                    return -1;
                }
                if (!encrypted.hasRemaining()) {
                    int n = fill(wait);
                    if (n <= 0) {
                        return n;
                    }
                }
                // An engine may ask for all the room that a record can need before it looks whether the record is
                // there.
                boolean direct = into.remaining() >= engine.getSession().getApplicationBufferSize();
                SSLEngineResult result = direct ? unwrap(into) : unwrapAside();
                switch (result.getStatus()) {
                    case BUFFER_UNDERFLOW -> {
                        int n = fill(wait);
                        if (n <= 0) {
                            return n;
                        }
                    }
                    case BUFFER_OVERFLOW -> throw new SSLException("TLS record larger than announced");
                    case OK, CLOSED -> {
                        heed(result);
                        if (direct && result.bytesProduced() > 0) {
                            return result.bytesProduced();
                        }
                    }
                }
            }
        } finally {
            leave();
        }
    }

    /** The caller's buffer is too small for what may come next: it is unwrapped into an own one. */
    private SSLEngineResult unwrapAside() throws IOException {
        int size = engine.getSession().getApplicationBufferSize();
        decrypted = TlsBuffers.PLAIN.take(size);
        try {
            return unwrap(decrypted);
        } finally {
            decrypted.flip();
            giveBackDecrypted();
        }
    }

    private void giveBackDecrypted() {
        if (!decrypted.hasRemaining()) {
            TlsBuffers.PLAIN.give(decrypted);
            decrypted = NOTHING;
        }
    }

    private SSLEngineResult unwrap(ByteBuffer into) throws SSLException {
        SSLEngineResult result = decrypt(into);
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        return result;
    }

    private SSLEngineResult decrypt(ByteBuffer into) throws SSLException {
        try {
            return engine.unwrap(encrypted, into);
        } catch (SSLException | RuntimeException declared) {
            throw declared;
        } catch (Exception refused) {
            // Conscrypt's native code lets the CertificateException of a trust manager through, undeclared.
            throw new SSLException(refused.getMessage(), refused);
        }
    }

    /**
     * Reads more of the peer's records; as {@link TransportSocket#read}. Into a small buffer of its own as long as little
     * comes at once, and into a large one that goes round while there is much.
     */
    private int fill(boolean wait) throws IOException {
        int packet = engine.getSession().getPacketBufferSize();
        int left = encrypted.remaining();
        if (left >= MOST_PACKETS * packet) {
            throw new SSLException("TLS record larger than " + left + " bytes");
        }
        int wanted = left == 0 && !busy ? SMALL : Math.max(packet, left == encrypted.capacity() ? 2 * left : left);
        if (encrypted.capacity() < wanted || (left == 0 && encrypted.capacity() > SMALL && wanted == SMALL)) {
            ByteBuffer next = wanted == SMALL ? ByteBuffer.allocate(SMALL) : TlsBuffers.RECORDS.take(wanted);
            next.put(encrypted);
            TlsBuffers.RECORDS.give(encrypted);
            encrypted = next;
        } else {
            encrypted.compact();
        }
        int n = 0;
        try {
            n = wait ? socket.read(encrypted) : socket.readNow(encrypted);
            return n;
        } finally {
            busy = n >= SMALL;
            encrypted.flip();
            if (!established && n > 0 && engine.getUseClientMode()) {
                flight.hear(encrypted.slice(encrypted.limit() - n, n));
            }
        }
    }

    private void heed(SSLEngineResult result) throws IOException {
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            goodbyeReceived = true;
            return;
        }
        HandshakeStatus status = result.getHandshakeStatus();
        if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED) {
            return;
        }
        if (established && !"TLSv1.3".equals(engine.getSession().getProtocol())) {
            throw new SSLException("TLS renegotiation refused");
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            output.answer();
        }
    }

    private HandshakeStatus runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        return engine.getHandshakeStatus();
    }

    private static int copy(ByteBuffer from, ByteBuffer into) {
        int n = Math.min(from.remaining(), into.remaining());
        into.put(into.position(), from, from.position(), n);
        from.position(from.position() + n);
        into.position(into.position() + n);
        return n;
    }

    /** As {@link TransportSocket#endedByPeer}. */
    boolean endedByPeer() {
        return goodbyeReceived;
    }

    /** As {@link TransportSocket#trim}. */
    void trim() {
        if (!encrypted.hasRemaining()) {
            TlsBuffers.RECORDS.give(encrypted);
            encrypted = NOTHING;
        }
    }

    /** Has the {@code last} action run when nobody reads any more: now, or by the reader who is there, on its way out. */
    void end() {
        ending = true;
        runLast();
    }

    private void leave() {
        lock.unlock();
        runLast();
    }

    // Whoever fails to get the lock leaves it to who has it, who looks here again.
    private void runLast() {
        while (ending && lock.tryLock()) {
            try {
                ending = false;
                last.run();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Gives the buffers back; by the last action. */
    void giveBack() {
        TlsBuffers.RECORDS.give(encrypted);
        TlsBuffers.PLAIN.give(decrypted);
        encrypted = NOTHING;
        decrypted = NOTHING;
    }
}
