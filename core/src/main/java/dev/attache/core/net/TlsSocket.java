package dev.attache.core.net;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a plain connection, driven through an {@link SSLEngine}, so that the waiting is done on the channel and never
 * in native code.
 *
 * <p>The two directions are halves with a lock each, and neither half ever waits for the other's: what one has to say in
 * the other direction, and the end, take no waiting. Buffers go round ({@link TlsBuffers}): while nothing happens, a small
 * one is all there is.
 */
public final class TlsSocket implements TransportSocket {

    private final PlainSocket socket;
    private final SSLEngine engine;
    private final ServerFlight flight = new ServerFlight();
    private final TlsOutput output;
    private final TlsInput input;
    private volatile boolean finishing;

    /** TLS that has still to be {@linkplain #handshake begun}. */
    public TlsSocket(PlainSocket socket, SSLEngine engine) {
        this.socket = socket;
        this.engine = engine;
        this.output = new TlsOutput(socket, engine, flight);
        this.input = new TlsInput(socket, engine, flight, output, this::ended);
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
        input.handshake();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return input.read(into);
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        return input.readNow(into);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        output.write(new ByteBuffer[] {from});
    }

    @Override
    public void write(ByteBuffer[] from) throws IOException {
        output.write(from);
    }

    @Override
    public boolean endedByPeer() {
        return input.endedByPeer();
    }

    @Override
    public int readSize() {
        return engine.getSession().getApplicationBufferSize();
    }

    @Override
    public void trim() {
        input.trim();
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
    public boolean endInput() {
        return socket.endInput();
    }

    @Override
    public void endOutput() throws IOException {
        output.end();
    }

    @Override
    public void reset() {
        socket.reset();
        input.end();
    }

    @Override
    public void finish() {
        finishing = true;
        if (!endInput()) {
            socket.close(); // Whoever reads is told by this.
        }
        input.end();
    }

    @Override
    public void close() {
        socket.close();
        input.end();
    }

    /** Nobody reads any more. */
    private void ended() {
        if (finishing) {
            output.endNow();
            try {
                // A native engine keeps memory and two descriptors until both its sides are closed.
                engine.closeInbound();
            } catch (SSLException ignored) {
                // The peer has not said goodbye, and need not any more.
            }
            socket.close();
        }
        input.giveBack();
    }
}
