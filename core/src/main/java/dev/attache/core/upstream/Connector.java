package dev.attache.core.upstream;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ProxyProtocolVersion;
import dev.attache.core.config.TcpKeepalive;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.deadline.PeerDeadline;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.net.Dial;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.ProxyHeader;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.net.TlsSocket;
import dev.attache.core.net.TlsStats;
import dev.attache.core.net.TransportSocket;
import dev.attache.core.policy.Failure;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Opens connections of one cluster, TCP and TLS within one time limit. Safe for use by all threads. */
public final class Connector {

    /** Who is to have the connections; holds a permit for each. */
    public interface Owner {

        /** One is about to be opened. */
        void opening(Endpoint endpoint);

        /** It could not be; the permit is given back. */
        void openingFailed(Endpoint endpoint, long began);
    }

    /**
     * An open connection.
     *
     * @param began when it was begun with, by {@code System.nanoTime()}
     */
    public record Opened(TransportSocket socket, long began) {

        /** The protocol that ALPN has settled on; empty for none. */
        public String protocol() {
            String agreed =
                    socket instanceof TlsSocket secured ? secured.engine().getApplicationProtocol() : null;
            return agreed == null ? "" : agreed;
        }
    }

    private final @Nullable TcpKeepalive keepalive;
    private final ClusterStats stats;
    private final Owner owner;
    private final @Nullable ProxyProtocolVersion proxyProtocol;
    private final @Nullable UpstreamTls tls;
    private final @Nullable TlsStats tlsStats;
    private final Deadlines deadlines;
    private final long timeoutNanos;

    /**
     * Gives up what follows the connect: the peer is late where its words are awaited and have not come. A thread that
     * computes, or that waits for a processor, is our own time.
     */
    private static final class HandshakeDeadline extends PeerDeadline {
        private final PlainSocket plain;
        private final Thread speaking = Thread.currentThread();

        HandshakeDeadline(PlainSocket plain) {
            this.plain = plain;
        }

        @Override
        protected boolean arrived() {
            // Of a thread of the system's own it is not known what it waits for.
            boolean busy = speaking.isVirtual() && speaking.getState() == Thread.State.RUNNABLE;
            return busy || plain.hasInput();
        }

        @Override
        protected void late() {
            plain.close();
        }
    }

    /**
     * A connector.
     *
     * @param tls TLS toward the cluster; null for plain text
     */
    public Connector(
            ClusterConfig config, ClusterStats stats, Owner owner, @Nullable UpstreamTls tls, Deadlines deadlines) {
        this.keepalive = config.tcpKeepalive().orElse(null);
        this.stats = stats;
        this.owner = owner;
        this.proxyProtocol = config.proxyProtocol().orElse(null);
        this.tls = tls;
        this.tlsStats = tls == null ? null : stats.ssl();
        this.deadlines = deadlines;
        this.timeoutNanos = deadlines.queue(config.connectTimeout()).nanos();
    }

    /** Opens a connection; the caller holds a permit for it, which is given back when this fails. */
    public Opened open(Endpoint endpoint, String authority, Exchange exchange, Cancellation cancellation)
            throws AttemptFailure {
        Dial dial = new Dial(endpoint.address(), keepalive);
        exchange.mark(Phase.US_CX_BEG);
        long begin = exchange.nanos(Phase.US_CX_BEG);
        owner.opening(endpoint);
        TransportSocket socket = null;
        boolean opened = false;
        boolean want = false;
        try {
            if (!cancellation.guard(cause -> dial.abort())) {
                throw AttemptFailure.givenUp(cancellation);
            }
            IOException trouble = null;
            boolean inTime = true;
            try {
                PlainSocket plain = dial.connect(timeoutNanos);
                socket = plain;
                exchange.mark(Phase.US_CX_END);
                if (tls != null || proxyProtocol != null) {
                    HandshakeDeadline deadline = new HandshakeDeadline(plain);
                    startHandshake(deadline, exchange);
                    try {
                        socket = introduce(plain, endpoint, authority, exchange);
                    } finally {
                        inTime = deadline.cancel();
                    }
                }
            } catch (SocketTimeoutException late) {
                inTime = false;
            } catch (Dial.NoDescriptorException ours) {
                want = true;
                stats.upstreamCxNoDescriptor.increment();
                throw new AttemptFailure(Failure.OVERFLOW, "");
            } catch (IOException failed) {
                trouble = failed;
            }
            if (!cancellation.unguard()) {
                throw AttemptFailure.givenUp(cancellation);
            }
            if (!inTime) {
                stats.upstreamCxConnectTimeout.increment();
                throw new AttemptFailure(Failure.CONNECT_TIMEOUT, "");
            }
            if (trouble != null || socket == null) {
                if (trouble != null && socket != null && tlsStats != null) {
                    tlsStats.failed(trouble);
                }
                throw refused(trouble, socket != null && tls != null, exchange);
            }
            if (tlsStats != null && socket instanceof TlsSocket secured) {
                tlsStats.agreed(secured);
            }
            stats.upstreamCxConnectMs.recordNanos(System.nanoTime() - begin);
            opened = true;
            return new Opened(socket, begin);
        } finally {
            if (!opened) {
                cancellation.unguard();
                dial.abort();
                if (!want) {
                    stats.upstreamCxConnectFail.increment();
                    endpoint.stats().cxConnectFail.increment();
                }
                owner.openingFailed(endpoint, begin);
            }
        }
    }

    /** What the connect has left of the time; at least half of it, since we may have noticed late that it was done. */
    private void startHandshake(HandshakeDeadline deadline, Exchange exchange) {
        if (timeoutNanos != 0) {
            long connecting = exchange.between(Phase.US_CX_BEG, Phase.US_CX_END);
            deadlines.start(deadline, Math.max(timeoutNanos - connecting, timeoutNanos / 2));
        }
    }

    private TransportSocket introduce(PlainSocket plain, Endpoint endpoint, String authority, Exchange exchange)
            throws IOException {
        if (proxyProtocol != null) {
            plain.write(ByteBuffer.wrap(announced(exchange).bytes(proxyProtocol)));
        }
        if (tls == null) {
            return plain;
        }
        TransportSocket secured = encrypt(tls, plain, endpoint, authority);
        exchange.mark(Phase.US_HS_END);
        return secured;
    }

    /** The client that connections for an exchange are opened for, whatever its headers say. */
    static ProxyHeader announced(Exchange exchange) {
        return ProxyHeader.of(
                exchange.connection().remote(), exchange.connection().local());
    }

    private static TlsSocket encrypt(UpstreamTls tls, PlainSocket plain, Endpoint endpoint, String authority)
            throws IOException {
        TlsSocket socket = new TlsSocket(plain, tls.engine(endpoint.hostname(), endpoint.port(), authority));
        boolean trusted = false;
        try {
            socket.handshake();
            tls.verify(socket.engine(), endpoint.hostname(), authority);
            trusted = true;
            return socket;
        } finally {
            if (!trusted) {
                socket.finish();
            }
        }
    }

    private static AttemptFailure refused(@Nullable IOException trouble, boolean connected, Exchange exchange) {
        String words = trouble == null || trouble.getMessage() == null ? "closed" : trouble.getMessage();
        String reason = (connected ? "TLS error: " : "delayed connect error: ") + words;
        exchange.upstreamTransportFailure(reason);
        return new AttemptFailure(connected ? Failure.TLS_FAILURE : Failure.CONNECT_REFUSED, reason);
    }

    /** Watches the files of its TLS no more. */
    public void close() {
        if (tls != null) {
            tls.close();
        }
    }
}
