package dev.attache.listeners;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/**
 * What all listeners of a proxy share: Jetty's server with its threads, buffers and one selector. Platform threads
 * select and parse; whatever may wait runs on virtual threads, without a limit on their number: connections and
 * requests are limited, threads are not.
 */
final class ListenerServer {

    private static final int SELECTORS = 1;
    private static final int MAX_PLATFORM_THREADS = 16;

    private final Server jetty;
    private final SelectorManager selectors;

    ListenerServer() {
        VirtualThreadPool virtual = new VirtualThreadPool();
        virtual.setName("attache-request");
        virtual.setMaxConcurrentTasks(0);
        QueuedThreadPool platform = new QueuedThreadPool(MAX_PLATFORM_THREADS, 1);
        platform.setName("attache-listen");
        platform.setDaemon(true);
        platform.setVirtualThreadsExecutor(virtual);
        jetty = new Server(platform);
        jetty.addBean(virtual, true);
        Handler handler = new VirtualThreadHandler(virtual, new ExchangeHandler());
        jetty.setHandler(handler);
        jetty.setErrorHandler(new RejectionHandler());
        selectors = new ConnectionSelectors(jetty);
        jetty.addBean(selectors, true);
    }

    Server jetty() {
        return jetty;
    }

    /** Gives a connection, accepted for {@code connector}, to the selector. */
    void take(SocketChannel connection, ListenerConnector connector) {
        selectors.accept(connection, connector);
    }

    void start() {
        try {
            jetty.start();
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IllegalStateException("cannot start the server threads", failed);
        }
    }

    /** Ends all connections and threads. */
    void stop() {
        try {
            jetty.stop();
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IllegalStateException("cannot stop the server threads", failed);
        }
    }

    private static final class ConnectionSelectors extends SelectorManager {

        ConnectionSelectors(Server jetty) {
            super(jetty.getThreadPool(), jetty.getScheduler(), SELECTORS);
        }

        @Override
        protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
            ListenerConnector connector = (ListenerConnector) key.attachment();
            return new DownstreamEndPoint((SocketChannel) channel, selector, key, getScheduler(), connector.listener());
        }

        @Override
        public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attachment)
                throws IOException {
            ListenerConnector connector = (ListenerConnector) attachment;
            return connector.getDefaultConnectionFactory().newConnection(connector, endPoint);
        }

        @Override
        protected void endPointOpened(EndPoint endPoint) {
            ((DownstreamEndPoint) endPoint).opened();
        }
    }
}
