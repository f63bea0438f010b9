package dev.attache.core.net;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a plain connection, driven through an {@link SSLEngine}, so that the waiting is done on the channel and never
 * in native code.
 *
 * <p>The reader and the writer have a lock each. What the peer asks for in the middle of a connection (a key update) is
 * answered by the reader, which takes the writer's lock for it; a TLS 1.2 renegotiation is refused, for the names in the
 * certificate are checked once. Buffers go round ({@link TlsBuffers}): while nothing happens, a small one is all there is.
 */
public final class TlsSocket implements TransportSocket {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final ByteBuffer[] NO_PARTS = {NOTHING};
    private static final int MOST_PACKETS = 4;
    private static final int SMALL = 1024;

    private final PlainSocket socket;
    private final SSLEngine engine;
    private final ServerFlight flight = new ServerFlight();

    // ReentrantLock and not synchronized, since the network is waited on under them: each is only ever contended by the
    // other direction's rare answers.
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();

    // Guarded by reading; both between their position and limit.
    private ByteBuffer encrypted = NOTHING;
    private ByteBuffer decrypted = NOTHING;
    private boolean goodbyeReceived;
    private boolean established;
    private boolean busy;
    private volatile boolean closed;

    // Guarded by writing.
    private @Nullable ByteBuffer outgoing;

    /** TLS that has still to be {@linkplain #handshake begun}. */
    public TlsSocket(PlainSocket socket, SSLEngine engine) {
        this.socket = socket;
        this.engine = engine;
    }

    public SSLEngine engine() {
        return engine;
    }

    /** Whether the handshake, which is over, went on with an earlier session. */
    public boolean resumed() {
        return flight.resumes();
    }

    /**
     * The curve that the handshake, which is over, has agreed the keys on, by OpenSSL's name; empty where it was another
     * way, or, up to TLS 1.2, in an earlier session.
     */
    public String curve() {
        return flight.curve();
    }

    /**
     * Waits until both sides agree; called once, before anything else.
     *
     * @throws EOFException when the peer has left before
     */
    public void handshake() throws IOException {
        reading.lock();
        try {
            engine.beginHandshake();
            HandshakeStatus status = engine.getHandshakeStatus();
            while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
                status = switch (status) {
                    case NEED_WRAP -> flush();
                    case NEED_TASK -> runTasks();
                    default -> unwrapHandshake();
                };
            }
            established = true;
        } finally {
            endReading();
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

    @Override
    public int read(ByteBuffer into) throws IOException {
        return read(into, true);
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        return read(into, false);
    }

    private int read(ByteBuffer into, boolean wait) throws IOException {
        reading.lock();
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
            endReading();
        }
    }

    private void endReading() {
        reading.unlock();
        if (closed) {
            giveBackIncoming();
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

    /** After the end, by who comes last: the one who closes, or the reader whom that wakes. */
    private void giveBackIncoming() {
        if (reading.tryLock()) {
            try {
                TlsBuffers.RECORDS.give(encrypted);
                TlsBuffers.PLAIN.give(decrypted);
                encrypted = NOTHING;
                decrypted = NOTHING;
            } finally {
                reading.unlock();
            }
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
        // Not waited for: a writer that is busy sends the answer along, and may be busy because the peer waits for us.
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && writing.tryLock()) {
            try {
                flush();
            } finally {
                writing.unlock();
            }
        }
    }

    private HandshakeStatus runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        return engine.getHandshakeStatus();
    }

    /** Sends what the engine itself has to say. */
    private HandshakeStatus flush() throws IOException {
        writing.lock();
        try {
            SSLEngineResult result;
            do {
                result = wrap(NO_PARTS);
            } while (result.getStatus() == SSLEngineResult.Status.OK
                    && result.bytesProduced() > 0
                    && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
            send();
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new SSLException("TLS is closed");
            }
            HandshakeStatus status = result.getHandshakeStatus();
            return status == HandshakeStatus.FINISHED ? status : engine.getHandshakeStatus();
        } finally {
            giveBackOutgoing();
            writing.unlock();
        }
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        write(new ByteBuffer[] {from});
    }

    @Override
    public void write(ByteBuffer[] from) throws IOException {
        writing.lock();
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
            giveBackOutgoing();
            writing.unlock();
        }
    }

    // Under the lock. What could not be sent goes with the connection.
    private void giveBackOutgoing() {
        ByteBuffer buffer = outgoing;
        outgoing = null;
        if (buffer != null) {
            TlsBuffers.RECORDS.give(buffer);
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

    private SSLEngineResult wrap(ByteBuffer[] from) throws IOException {
        while (true) {
            SSLEngineResult result = engine.wrap(from, outgoing());
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                if (outgoing().position() == 0) {
                    int larger = 2 * outgoing().capacity(); // A record that is larger than announced.
                    giveBackOutgoing();
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

    private static int copy(ByteBuffer from, ByteBuffer into) {
        int n = Math.min(from.remaining(), into.remaining());
        into.put(into.position(), from, from.position(), n);
        from.position(from.position() + n);
        into.position(into.position() + n);
        return n;
    }

    @Override
    public boolean endedByPeer() {
        return goodbyeReceived;
    }

    @Override
    public int readSize() {
        return engine.getSession().getApplicationBufferSize();
    }

    @Override
    public void trim() {
        if (!encrypted.hasRemaining()) {
            TlsBuffers.RECORDS.give(encrypted);
            encrypted = NOTHING;
        }
    }

    @Override
    public boolean hasInput() {
        return socket.hasInput();
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return socket.localAddress();
    }

    @Override
    public void endInput() {
        socket.endInput();
    }

    @Override
    public void endOutput() throws IOException {
        writing.lock();
        try {
            engine.closeOutbound();
            wrap(NO_PARTS);
            send();
            socket.endOutput();
        } finally {
            giveBackOutgoing();
            writing.unlock();
        }
    }

    @Override
    public void reset() {
        socket.reset();
        closed = true;
        giveBackIncoming();
    }

    @Override
    public void finish() {
        engine.closeOutbound();
        if (writing.tryLock()) {
            try {
                wrap(NO_PARTS);
                socket.writeNow(outgoing().flip());
            } catch (IOException ignored) {
                // The peer is gone, or does not read: it gets no goodbye.
            } finally {
                giveBackOutgoing();
                writing.unlock();
            }
        }
        try {
            // A native engine keeps memory and two descriptors until both its sides are closed.
            engine.closeInbound();
        } catch (SSLException ignored) {
            // The peer has not said goodbye, and need not any more.
        }
        close();
    }

    @Override
    public void close() {
        socket.close();
        closed = true;
        giveBackIncoming();
    }
}
