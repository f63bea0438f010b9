package dev.attache.listeners;

import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http2.CodecThreads;
import dev.attache.core.http2.VirtualThreadEndPoint;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.TlsSocket;
import dev.attache.core.net.TransportSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** Jetty's codecs on a {@link VirtualThreadConnector}, behind a loopback port. */
final class VirtualThreadServer implements AutoCloseable, VirtualThreadEndPoint.Watcher {

    /** Small, so that a peer that does not read is soon noticed. */
    static final int SOCKET_BUFFER = 64 * 1024;

    private final Server server;
    private final VirtualThreadConnector connector;
    private final Deadlines deadlines;
    private final Set<VirtualThreadEndPoint> open = ConcurrentHashMap.newKeySet();
    private final ServerSocketChannel listening;
    private final @Nullable SSLContext tls;
    private final String protocol;

    private VirtualThreadServer(Handler handler, String protocol, @Nullable SSLContext tls) throws Exception {
        this.protocol = protocol;
        this.tls = tls;
        server = new Server(new QueuedThreadPool(4));
        HttpConfiguration http = new HttpConfiguration();
        deadlines = Deadlines.open();
        connector = new VirtualThreadConnector(
                server,
                new CodecThreads(deadlines),
                new HttpConnectionFactory(http),
                new HTTP2ServerConnectionFactory(http),
                new HTTP2CServerConnectionFactory(http));
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
    Collection<VirtualThreadEndPoint> connections() {
        return open;
    }

    /** The only connection there is; waited for. */
    VirtualThreadEndPoint connection() {
        Waiting.until(() -> connections().size() == 1);
        return connections().iterator().next();
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
                serve(socket, channel.getRemoteAddress(), protocol);
                return;
            }
            TlsSocket secured = new TlsSocket(socket, engine(tls));
            secured.handshake();
            String agreed = secured.engine().getApplicationProtocol();
            serve(secured, channel.getRemoteAddress(), agreed == null || agreed.isEmpty() ? protocol : agreed);
        } catch (IOException gone) {
            try {
                channel.close();
            } catch (IOException ignored) {
                // It is gone either way.
            }
        }
    }

    private void serve(TransportSocket socket, SocketAddress remote, String spoken) {
        connector
                .endPoint(socket, remote, ByteBuffer.allocate(0), this)
                .run(endPoint -> connector.getConnectionFactory(spoken).newConnection(connector, endPoint));
    }

    @Override
    public void opened(VirtualThreadEndPoint endPoint) {
        open.add(endPoint);
    }

    @Override
    public void closed(VirtualThreadEndPoint endPoint, @Nullable Throwable failure) {
        open.remove(endPoint);
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
            List.copyOf(open).forEach(endPoint -> endPoint.close(new ClosedChannelException()));
            server.stop();
            deadlines.close();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
