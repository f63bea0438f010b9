package dev.attache.listeners;

import dev.attache.core.config.CodecType;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.ProxyHeader;
import dev.attache.core.net.TransportSocket;
import dev.attache.core.proxy.ProxyGraph;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * HTTP on one bound socket, in plain text or over TLS. Accepts connections within its limits and serves the requests on
 * them by the entries of its filter chains, which may be replaced while it runs: requests that began before stay with the
 * entry they began with.
 */
public final class HttpListener implements Listener {

    private volatile ListenerConfig config;
    private final Deadlines deadlines;
    private final ScratchPool scratch;
    private final List<AcceptLoop> acceptLoops;
    private final List<SocketAddress> addresses;
    private final Set<PlainSocket> starting = ConcurrentHashMap.newKeySet();
    private final Set<DownstreamConnection> open = ConcurrentHashMap.newKeySet();
    private final Stats all;
    private final StatScope scope;
    private final AtomicReference<List<StatScope>> used = new AtomicReference<>(List.of());
    private final ListenerStats stats;
    private final StartStats startStats;
    private final ConnectionLimit limit;
    private final ConnectionLimit globalLimit;
    private final Room room;
    private final boolean makesRoom;
    private final InFlight inFlight = new InFlight();
    private volatile ChainTable chains;
    private volatile boolean draining;
    private volatile boolean closed;

    HttpListener(
            ListenerConfig config,
            List<ProxyGraph.Chain> chains,
            List<BoundSocket> sockets,
            ScratchPool scratch,
            Stats all,
            ConnectionLimit globalLimit,
            Room room,
            boolean makesRoom,
            Deadlines deadlines) {
        this.config = config;
        this.all = all;
        this.scope = all.listener(config.statName());
        use(chains);
        this.deadlines = deadlines;
        this.scratch = scratch;
        this.acceptLoops = sockets.stream()
                .map(socket -> new AcceptLoop(config.name(), socket, room, this::take))
                .toList();
        this.addresses = sockets.stream().map(BoundSocket::address).toList();
        this.chains = new ChainTable(chains.stream()
                .map(chain -> new ServedChain(chain, all, deadlines))
                .toList());
        this.stats = new ListenerStats(scope);
        this.startStats = new StartStats(scope);
        this.limit = new ConnectionLimit(config.maxConnections());
        this.globalLimit = globalLimit;
        this.room = room;
        this.makesRoom = makesRoom;
    }

    @Override
    public ListenerConfig config() {
        return config;
    }

    @Override
    public List<SocketAddress> addresses() {
        return addresses;
    }

    /** Serves requests that begin from now on by other chains; the sockets stay as they are. */
    void serve(ListenerConfig changed, List<ProxyGraph.Chain> replacements) {
        config = changed;
        use(replacements);
        limit.max(changed.maxConnections());
        List<ServedChain> gone = new ArrayList<>(chains.chains());
        List<ServedChain> next = new ArrayList<>();
        for (ProxyGraph.Chain replacement : replacements) {
            ServedChain same = taken(gone, replacement);
            if (same == null) {
                next.add(new ServedChain(replacement, all, deadlines));
            } else {
                same.serve(replacement);
                next.add(same);
            }
        }
        chains = new ChainTable(next);
        gone.forEach(ServedChain::retire);
        open.stream().filter(connection -> connection.chain().isRetired()).forEach(DownstreamConnection::drain);
    }

    /** Keeps the stats of what it serves, which the configuration may have no more while the last requests end. */
    private void use(List<ProxyGraph.Chain> of) {
        List<StatScope> scopes = new ArrayList<>();
        scopes.add(scope);
        of.forEach(chain -> scopes.add(all.http(chain.entry().config().statPrefix())));
        scopes.forEach(all::retain);
        used.getAndSet(scopes).forEach(all::release);
    }

    /** Takes the chain for the same connections out of {@code from}; null where there is none. */
    private static @Nullable ServedChain taken(List<ServedChain> from, ProxyGraph.Chain replacement) {
        for (ServedChain chain : from) {
            if (chain.takesTheSameAs(replacement)) {
                from.remove(chain);
                return chain;
            }
        }
        return null;
    }

    /** Requests in progress. */
    public long requestsInFlight() {
        return inFlight.count();
    }

    /** Whether any client has ever connected. */
    boolean hasHadClients() {
        return stats.total.value() > 0;
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
            if (!makesRoom || !closedOne()) {
                connection.close();
                return;
            }
            limit.acquire();
        }
        if (!globalLimit.tryAcquire()) {
            limit.release();
            stats.globalOverflow.increment();
            connection.close();
            return;
        }
        room.entered();
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

    /** Closes the connection that has done nothing for the longest, or else has taken the longest over its request. */
    private boolean closedOne() {
        Comparator<DownstreamConnection> leastUse = Comparator.comparing(DownstreamConnection::isServing)
                .thenComparing(Comparator.comparingLong(DownstreamConnection::unchangedNanos)
                        .reversed());
        Optional<DownstreamConnection> least = open.stream().min(leastUse);
        least.ifPresent(connection -> {
            open.remove(connection); // So that the next one looks for another.
            connection.close();
        });
        return least.isPresent();
    }

    private void serve(SocketChannel channel) throws IOException {
        if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        PlainSocket socket = new PlainSocket(channel);
        SocketAddress remote = channel.getRemoteAddress();
        ServedChain only = chains.only();
        Runnable connection = only != null && only.tls() == null && config.proxyProtocol() == ProxyProtocol.OFF
                ? connection(socket, new Peer(remote, ProxyHeader.LOCAL, null), only, false)
                : new ConnectionStart(this, socket, remote);
        Thread.ofVirtual().name("attache-connection").start(connection);
    }

    /** What serves a connection, until it is closed; it must be run. */
    Runnable connection(TransportSocket socket, Peer peer, ServedChain chain, boolean http2Agreed) {
        DownstreamConnection connection = new DownstreamConnection(socket, peer, this, chain);
        open.add(connection);
        if (closed) {
            connection.close(); // It came while the others were closed.
        }
        boolean second = http2Agreed || chain.serving().entry().config().codec() == CodecType.HTTP2;
        return second ? new Http2Connection(connection) : new Http1Connection(connection, scratch);
    }

    /** A connection is about to begin, which takes a while. */
    void starting(PlainSocket socket) {
        starting.add(socket);
        if (closed) {
            socket.close();
        }
    }

    /** It has begun, or will not. */
    void started(PlainSocket socket) {
        starting.remove(socket);
    }

    /** A connection has come to nothing. */
    void startFailed(long openNanos) {
        released(openNanos);
    }

    ChainTable chains() {
        return chains;
    }

    StartStats startStats() {
        return startStats;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    /** A connection that was taken is gone. */
    void ended(DownstreamConnection connection) {
        open.remove(connection);
        released(connection.ageNanos());
    }

    private void released(long openNanos) {
        limit.release();
        globalLimit.release();
        room.left();
        stats.closed(openNanos);
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
        starting.forEach(PlainSocket::close);
        open.forEach(DownstreamConnection::close);
        used.getAndSet(List.of()).forEach(all::release);
    }
}
