package dev.attache.listeners;

import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.TlsSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** Jetty's codecs on a {@link VirtualThreadConnector}, behind a loopback port. */
final class VirtualThreadServer implements AutoCloseable {

    /** Small, so that a peer that does not read is soon noticed. */
    static final int SOCKET_BUFFER = 64 * 1024;

    private final Server server;
    private final VirtualThreadConnector connector;
    private final ServerSocketChannel listening;
    private final @Nullable SSLContext tls;
    private final String protocol;

    private VirtualThreadServer(Handler handler, String protocol, @Nullable SSLContext tls) throws Exception {
        this.protocol = protocol;
        this.tls = tls;
        server = new Server(new QueuedThreadPool(4));
        HttpConfiguration http = new HttpConfiguration();
        connector = new VirtualThreadConnector(
                server,
                new HttpConnectionFactory(http),
                new HTTP2ServerConnectionFactory(http),
                new HTTP2CServerConnectionFactory(http));
        connector.setIdleTimeout(0);
        server.addConnector(connector);
        server.setHandler(handler);
        server.start();
        listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    /** HTTP/2 from the first byte, in clear text. */
    static VirtualThreadServer h2c(Handler handler) throws Exception {
        return new VirtualThreadServer(handler, "h2c", null);
    }

    /** HTTP/1.1 in clear text. */
    static VirtualThreadServer http1(Handler handler) throws Exception {
        return new VirtualThreadServer(handler, "http/1.1", null);
    }

    /** TLS with what the client prefers of HTTP/2 and HTTP/1.1. */
    static VirtualThreadServer tls(Handler handler, SSLContext context) throws Exception {
        return new VirtualThreadServer(handler, "http/1.1", context);
    }

    InetSocketAddress address() {
        try {
            return (InetSocketAddress) listening.getLocalAddress();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    int port() {
        return address().getPort();
    }

    /** Connections that are open now. */
    Collection<EndPoint> connections() {
        return connector.getConnectedEndPoints();
    }

    /** The only connection there is; waited for. */
    VirtualThreadEndPoint connection() {
        Waiting.until(() -> connections().size() == 1);
        return (VirtualThreadEndPoint) connections().iterator().next();
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                SocketChannel channel = listening.accept();
                Thread.ofVirtual().start(() -> take(channel));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void take(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
            PlainSocket socket = new PlainSocket(channel);
            if (tls == null) {
                connector.take(socket, channel.getLocalAddress(), channel.getRemoteAddress(), protocol);
                return;
            }
            TlsSocket secured = new TlsSocket(socket, engine(tls));
            secured.handshake();
            String agreed = secured.engine().getApplicationProtocol();
            connector.take(
                    secured,
                    channel.getLocalAddress(),
                    channel.getRemoteAddress(),
                    agreed == null || agreed.isEmpty() ? protocol : agreed);
        } catch (IOException gone) {
            try {
                channel.close();
            } catch (IOException ignored) {
                // It is gone either way.
            }
        }
    }

    private static SSLEngine engine(SSLContext context) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public void close() {
        try {
            listening.close();
            server.stop();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
