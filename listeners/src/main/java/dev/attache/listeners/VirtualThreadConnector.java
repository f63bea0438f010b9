package dev.attache.listeners;

import dev.attache.core.net.TransportSocket;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/**
 * Runs Jetty's codecs on blocking connections and virtual threads, without selectors. It accepts nothing by itself:
 * connections are handed to it, TLS ones after their handshake.
 */
final class VirtualThreadConnector extends AbstractConnector {

    private static final ThreadFactory THREADS =
            Thread.ofVirtual().name("attache-connection").factory();

    // No more than an executor: were it one of Jetty's pools, a codec might handle a request on the thread that reads.
    private static final Executor EXECUTOR = task -> THREADS.newThread(task).start();

    VirtualThreadConnector(Server server, ConnectionFactory... protocols) {
        super(server, EXECUTOR, null, null, 0, protocols);
    }

    /**
     * Serves a connection on a virtual thread, and closes it in the end.
     *
     * @param local    the own address; null where it is not known
     * @param remote   the peer's address; null where it is not known
     * @param protocol the name of one of the {@link ConnectionFactory}s
     */
    void take(TransportSocket socket, @Nullable SocketAddress local, @Nullable SocketAddress remote, String protocol) {
        ConnectionFactory factory = getConnectionFactory(protocol);
        if (factory == null) {
            socket.close();
            throw new IllegalArgumentException("protocol " + protocol + " (expected one of " + getProtocols() + ")");
        }
        VirtualThreadEndPoint endPoint = new VirtualThreadEndPoint(this, socket, local, remote);
        EXECUTOR.execute(() -> endPoint.serve(factory));
    }

    void opened(VirtualThreadEndPoint endPoint) {
        onEndPointOpened(endPoint);
        if (!isRunning()) {
            endPoint.close(new ClosedChannelException()); // doStop may have missed it.
        }
    }

    void closed(VirtualThreadEndPoint endPoint, @Nullable Throwable failure) {
        onEndPointClosed(endPoint);
        Connection connection = endPoint.getConnection();
        if (connection != null) {
            EXECUTOR.execute(() -> connection.onClose(failure)); // It may tell a handler, which may block.
        }
    }

    @Override
    protected void accept(int acceptor) {
        throw new UnsupportedOperationException("connections are accepted elsewhere");
    }

    @Override
    protected void doStop() throws Exception {
        for (EndPoint endPoint : List.copyOf(getConnectedEndPoints())) {
            endPoint.close(new ClosedChannelException());
        }
        super.doStop();
    }

    @Override
    public @Nullable Object getTransport() {
        return null;
    }
}
