package dev.attache.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A client's and a server's engine that have shaken hands, in memory. */
final class Handshake implements AutoCloseable {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine client;
    private final SSLEngine server;
    private final ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
    private final ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
    private final ByteArrayOutputStream serverSent = new ByteArrayOutputStream();

    private Handshake(SSLEngine client, SSLEngine server) {
        this.client = client;
        this.server = server;
    }

    /** Shakes hands, then sends a byte each way, as an alert or a ticket may come late; throws where a side refuses. */
    static Handshake of(SSLEngine client, SSLEngine server) throws SSLException {
        Handshake both = new Handshake(client, server);
        try {
            client.setUseClientMode(true);
            client.beginHandshake();
            server.beginHandshake();
            for (int turns = 0; turns < 200 && !(isDone(client) && isDone(server)); turns++) {
                both.turn(client, both.toClient, both.toServer, NOTHING);
                both.turn(server, both.toServer, both.toClient, NOTHING);
            }
            if (!isDone(client) || !isDone(server)) {
                throw new SSLException("no end: " + client.getHandshakeStatus() + ", " + server.getHandshakeStatus());
            }
            both.exchange();
            return both;
        } catch (SSLException | RuntimeException | Error refused) {
            both.close();
            throw refused;
        } catch (Exception undeclared) {
            both.close();
            throw new SSLException(undeclared);
        }
    }

    /** A byte each way. */
    void exchange() throws SSLException {
        int received = 0;
        send(server, toClient);
        received += receive(client, toClient);
        send(client, toServer);
        received += receive(server, toServer);
        if (received != 2) {
            throw new SSLException("the bytes have not come through");
        }
    }

    private void send(SSLEngine engine, ByteBuffer out) throws SSLException {
        ByteBuffer one = ByteBuffer.wrap(new byte[] {42});
        for (int i = 0; i < 20 && one.hasRemaining(); i++) {
            int before = out.position();
            engine.wrap(one, out);
            keep(engine, out, before);
        }
    }

    private static int receive(SSLEngine engine, ByteBuffer in) throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        in.flip();
        while (in.hasRemaining() && plain.position() == 0) {
            int before = in.remaining();
            engine.unwrap(in, plain);
            runTasks(engine);
            if (in.remaining() == before && plain.position() == 0) {
                break;
            }
        }
        in.compact();
        return plain.position();
    }

    private void turn(SSLEngine engine, ByteBuffer in, ByteBuffer out, ByteBuffer from) throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> runTasks(engine);
            case NEED_WRAP -> {
                int before = out.position();
                engine.wrap(from, out);
                keep(engine, out, before);
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                in.flip();
                engine.unwrap(in, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
                in.compact();
            }
            case FINISHED, NOT_HANDSHAKING -> {}
        }
    }

    private void keep(SSLEngine engine, ByteBuffer out, int before) {
        if (engine == server) {
            serverSent.write(out.array(), before, out.position() - before);
        }
    }

    private static void runTasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private static boolean isDone(SSLEngine engine) {
        HandshakeStatus status = engine.getHandshakeStatus();
        return status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED;
    }

    /** Whether an earlier session was resumed. */
    boolean resumed() {
        return ServerFlight.parse(serverSent.toByteArray()).resumes();
    }

    String protocol() {
        return server.getSession().getProtocol();
    }

    String suite() {
        return server.getSession().getCipherSuite();
    }

    /** Protocol above TLS as the server sees it; empty for none. */
    String serverAlpn() {
        String chosen = server.getApplicationProtocol();
        return chosen == null ? "" : chosen;
    }

    String clientAlpn() {
        String chosen = client.getApplicationProtocol();
        return chosen == null ? "" : chosen;
    }

    /** The certificate that the server has shown. */
    X509Certificate shown() throws SSLPeerUnverifiedException {
        return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }

    /** The certificates that the client has shown; none where it has not. */
    List<X509Certificate> shownByClient() {
        try {
            return List.of((X509Certificate) server.getSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    /** The server's engine as the data path sees it. */
    SSLEngine server() {
        return server;
    }

    /** Lets both engines go: until both their sides are closed they keep memory. */
    @Override
    public void close() {
        end(client);
        end(server);
    }

    private static void end(SSLEngine engine) {
        engine.closeOutbound();
        try {
            engine.wrap(NOTHING, ByteBuffer.allocate(1 << 16));
            engine.closeInbound();
        } catch (Exception noGoodbye) {
            // None is expected of the other side.
        }
    }
}
