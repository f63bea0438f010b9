package dev.attache.listeners;

import dev.attache.core.http2.CodecThreads;
import dev.attache.core.http2.VirtualThreadEndPoint;
import dev.attache.core.http2.VirtualThreadEndPoint.Watcher;
import dev.attache.core.net.TransportSocket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/**
 * Runs the server library's codecs on blocking connections and virtual threads, without selectors. It accepts nothing by
 * itself: connections are handed to it, TLS ones after their handshake. Safe for use by all threads.
 */
final class VirtualThreadConnector extends AbstractConnector {

    private final CodecThreads threads;

    VirtualThreadConnector(Server server, CodecThreads threads, ConnectionFactory... protocols) {
        super(server, threads.executor(), threads.scheduler(), threads.buffers(), 0, protocols);
        this.threads = threads;
    }

    /** An end point for a connection, whose {@code arrived} bytes have been read already. */
    VirtualThreadEndPoint endPoint(
            TransportSocket socket, @Nullable SocketAddress remote, ByteBuffer arrived, Watcher watcher) {
        return new VirtualThreadEndPoint(threads, socket, socket.localAddress(), remote, arrived, watcher);
    }

    @Override
    protected void accept(int acceptor) {
        throw new UnsupportedOperationException("connections are accepted elsewhere");
    }

    @Override
    public @Nullable Object getTransport() {
        return null;
    }
}
