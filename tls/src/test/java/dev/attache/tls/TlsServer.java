package dev.attache.tls;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A TLS peer on loopback, by the JDK: answers each byte with the same byte, and tells what each handshake was. */
final class TlsServer implements AutoCloseable {

    /**
     * What the server saw of one connection.
     *
     * @param serverNames names that the client sent
     * @param clientCertificates certificates that the client showed
     * @param alpn        protocol chosen; empty for none
     * @param error       why the handshake failed; empty when it did not
     */
    record Seen(
            List<String> serverNames,
            String protocol,
            String suite,
            List<X509Certificate> clientCertificates,
            String alpn,
            String error) {}

    private final SSLServerSocket socket;
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private final Consumer<SSLParameters> settings;

    private TlsServer(SSLServerSocket socket, Consumer<SSLParameters> settings) {
        this.socket = socket;
        this.settings = settings;
    }

    static TlsServer with(Leaf leaf) throws Exception {
        return start(leaf, null, parameters -> {});
    }

    static TlsServer with(Leaf leaf, Consumer<SSLParameters> settings) throws Exception {
        return start(leaf, null, settings);
    }

    /** Asks clients for a certificate of the authority. */
    static TlsServer askingClients(Leaf leaf, Certificates clients) throws Exception {
        return start(leaf, clients, parameters -> parameters.setNeedClientAuth(true));
    }

    private static TlsServer start(Leaf leaf, Certificates clients, Consumer<SSLParameters> settings) throws Exception {
        SSLContext context = clients == null ? leaf.serverContext() : leaf.serverContext(clients);
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        TlsServer server = new TlsServer(socket, settings);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    int port() {
        return socket.getLocalPort();
    }

    Seen next() throws InterruptedException {
        Seen next = seen.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no connection came");
        }
        return next;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                SSLSocket peer = (SSLSocket) socket.accept();
                Thread.ofVirtual().start(() -> serve(peer));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SSLSocket peer) {
        try (peer) {
            SSLParameters parameters = peer.getSSLParameters();
            settings.accept(parameters);
            peer.setSSLParameters(parameters);
            try {
                peer.startHandshake();
            } catch (IOException refused) {
                seen.add(new Seen(List.of(), "", "", List.of(), "", refused.toString()));
                return;
            }
            seen.add(seen(peer));
            int octet;
            while ((octet = peer.getInputStream().read()) >= 0) {
                peer.getOutputStream().write(octet);
                peer.getOutputStream().flush();
            }
        } catch (IOException gone) {
            // The client has left.
        }
    }

    private static Seen seen(SSLSocket peer) {
        SSLSession session = peer.getSession();
        List<String> names = ((ExtendedSSLSession) session)
                .getRequestedServerNames().stream()
                        .map(name -> new String(name.getEncoded(), StandardCharsets.UTF_8))
                        .toList();
        List<X509Certificate> shown;
        try {
            shown = Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException none) {
            shown = List.of();
        }
        return new Seen(
                names, session.getProtocol(), session.getCipherSuite(), shown, peer.getApplicationProtocol(), "");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
