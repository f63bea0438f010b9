package dev.attache.listeners;

import dev.attache.core.config.ListenerConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.proxy.HttpEntry;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * HTTP on one bound socket. Accepts connections within its limits and serves the requests on them by its {@link
 * HttpEntry}, which may be replaced while it runs: requests that began before stay with the entry they began with.
 */
public final class HttpListener implements Listener {

    private volatile ListenerConfig config;
    private final Deadlines deadlines;
    private final ScratchPool scratch;
    private final Http2Server http2;
    private final List<AcceptLoop> acceptLoops;
    private final List<SocketAddress> addresses;
    private final Set<DownstreamConnection> open = ConcurrentHashMap.newKeySet();
    private final ListenerStats stats;
    private final ConnectionLimit limit;
    private final ConnectionLimit globalLimit;
    private final InFlight inFlight = new InFlight();
    private volatile Serving serving;
    private volatile boolean draining;
    private volatile boolean closed;

    HttpListener(
            ListenerConfig config,
            HttpEntry entry,
            List<BoundSocket> sockets,
            ScratchPool scratch,
            Http2Server http2,
            ListenerStats stats,
            ConnectionLimit globalLimit,
            Deadlines deadlines) {
        this.config = config;
        this.deadlines = deadlines;
        this.scratch = scratch;
        this.http2 = http2;
        this.acceptLoops = sockets.stream()
                .map(socket -> new AcceptLoop(config.name(), socket, this::take))
                .toList();
        this.addresses = sockets.stream().map(BoundSocket::address).toList();
        this.serving = new Serving(entry, deadlines);
        this.stats = stats;
        this.limit = new ConnectionLimit(config.maxConnections());
        this.globalLimit = globalLimit;
    }

    @Override
    public ListenerConfig config() {
        return config;
    }

    @Override
    public List<SocketAddress> addresses() {
        return addresses;
    }

    /** Serves requests that begin from now on by another entry; the sockets stay as they are. */
    void serve(ListenerConfig changed, HttpEntry replacement) {
        config = changed;
        limit.max(changed.maxConnections());
        serving = new Serving(replacement, deadlines);
    }

    /** Requests in progress. */
    public long requestsInFlight() {
        return inFlight.count();
    }

    /** Connections that are open. */
    public long connections() {
        return limit.open();
    }

    void start() {
        acceptLoops.forEach(AcceptLoop::start);
    }

    private void take(SocketChannel connection) throws IOException {
        if (!limit.tryAcquire()) {
            stats.overflow.increment();
            connection.close();
            return;
        }
        if (!globalLimit.tryAcquire()) {
            limit.release();
            stats.globalOverflow.increment();
            connection.close();
            return;
        }
        stats.opened();
        boolean taken = false;
        try {
            serve(connection);
            taken = true;
        } finally {
            if (!taken) {
                released(0);
            }
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        DownstreamConnection connection =
                new DownstreamConnection(new PlainSocket(channel), channel.getRemoteAddress(), this);
        Http1Connection http = new Http1Connection(connection, scratch, http2);
        open.add(connection);
        Thread.ofVirtual().name("attache-connection").start(http);
        if (closed) {
            connection.close(); // It came while the others were closed.
        }
    }

    /** A connection that was taken is gone. */
    void ended(DownstreamConnection connection) {
        open.remove(connection);
        released(connection.ageNanos());
    }

    private void released(long openNanos) {
        limit.release();
        globalLimit.release();
        stats.closed(openNanos);
    }

    Serving serving() {
        return serving;
    }

    InFlight inFlight() {
        return inFlight;
    }

    boolean isDraining() {
        return draining;
    }

    /**
     * Accepts what waits to be accepted, and closes the sockets; connections that are open go on, each to the end of its
     * present or next request.
     */
    void stopAccepting() {
        draining = true;
        acceptLoops.forEach(AcceptLoop::stop);
        open.forEach(DownstreamConnection::drain);
    }

    /** Closes everything; requests in progress are broken off. */
    void close() {
        stopAccepting();
        closed = true;
        open.forEach(DownstreamConnection::close);
    }
}
