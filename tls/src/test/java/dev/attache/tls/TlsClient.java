package dev.attache.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Drives a client engine over a blocking socket, and keeps what stood on the wire. */
final class TlsClient implements AutoCloseable {

    private final SSLEngine engine;
    private final SocketChannel channel;
    private final ByteBuffer in;
    private final ByteBuffer out;
    private final ByteBuffer plain;
    private byte[] clientHello = new byte[0];
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    private TlsClient(SSLEngine engine, SocketChannel channel) {
        this.engine = engine;
        this.channel = channel;
        this.in = ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).flip();
        this.out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    }

    /** Connects to a port on loopback and shakes hands. */
    static TlsClient connect(SSLEngine engine, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        TlsClient client = new TlsClient(engine, channel);
        try {
            engine.beginHandshake();
            client.handshake();
            return client;
        } catch (IOException failed) {
            client.sendAlert();
            channel.close();
            throw failed;
        }
    }

    SSLEngine engine() {
        return engine;
    }

    /** Sends a byte and waits for it to come back: after that the server's session tickets have been read too. */
    void echo() throws IOException {
        ByteBuffer one = ByteBuffer.wrap(new byte[] {42});
        out.clear();
        engine.wrap(one, out);
        send();
        plain.clear();
        while (plain.position() == 0) {
            unwrap();
        }
    }

    byte[] clientHello() {
        return clientHello.clone();
    }

    /** Whether the server went on with an earlier session: then it showed no certificate. */
    boolean resumed() {
        return ServerFlight.parse(received.toByteArray()).resumes();
    }

    private void handshake() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
            status = switch (status) {
                case NEED_WRAP -> wrap();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
                case NEED_TASK -> runTasks();
                case FINISHED, NOT_HANDSHAKING -> throw new AssertionError(status);
            };
        }
    }

    private HandshakeStatus runTasks() {
        Runnable task;
        while ((task = engine.getDelegatedTask()) != null) {
            task.run();
        }
        return engine.getHandshakeStatus();
    }

    private HandshakeStatus wrap() throws IOException {
        out.clear();
        SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), out);
        send();
        return result.getHandshakeStatus();
    }

    private void send() throws IOException {
        out.flip();
        if (clientHello.length == 0) {
            clientHello = new byte[out.remaining()];
            out.duplicate().get(clientHello);
        }
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private HandshakeStatus unwrap() throws IOException {
        while (true) {
            SSLEngineResult result = engine.unwrap(in, plain);
            switch (result.getStatus()) {
                case OK -> {
                    return result.getHandshakeStatus();
                }
                case CLOSED -> throw new SSLException("closed by the peer");
                case BUFFER_OVERFLOW -> throw new AssertionError("the buffer is too small");
                case BUFFER_UNDERFLOW -> {
                    in.compact();
                    int before = in.position();
                    if (channel.read(in) < 0) {
                        throw new SSLException("the peer has closed the connection");
                    }
                    received.write(in.array(), before, in.position() - before);
                    in.flip();
                }
            }
        }
    }

    private void sendAlert() {
        try {
            engine.closeOutbound();
            while (!engine.isOutboundDone() && wrap() == HandshakeStatus.NEED_WRAP) {
                continue;
            }
        } catch (IOException gone) {
            // Nobody is there to be told.
        }
    }

    @Override
    public void close() {
        engine.closeOutbound();
        try {
            wrap();
            channel.close();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
