package dev.attache.core.upstream.http1;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.TcpKeepalive;
import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.net.Dial;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.net.TlsSocket;
import dev.attache.core.net.TransportSocket;
import dev.attache.core.policy.Failure;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.Endpoint;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens connections, TCP and TLS within one time limit. */
final class Connector {

    private final @Nullable TcpKeepalive keepalive;
    private final ResponseReader.Limits responseLimits;
    private final ClusterStats stats;
    private final ConnectionPool pool;
    private final @Nullable UpstreamTls tls;
    private final DeadlineQueue timeout;

    /** Gives a dial up that takes too long. */
    private static final class ConnectDeadline extends Deadline {
        private final Dial dial;

        ConnectDeadline(Dial dial) {
            this.dial = dial;
        }

        @Override
        protected void expired() {
            dial.abort();
        }
    }

    Connector(
            ClusterConfig config,
            ClusterStats stats,
            ConnectionPool pool,
            @Nullable UpstreamTls tls,
            Deadlines deadlines) {
        this.keepalive = config.tcpKeepalive().orElse(null);
        this.responseLimits = new ResponseReader.Limits(
                config.maxResponseHeadersKb() * 1024,
                config.maxHeadersCount(),
                config.headerCase() == HeaderCase.PRESERVE,
                config.enableTrailers());
        this.stats = stats;
        this.pool = pool;
        this.tls = tls;
        this.timeout = deadlines.queue(config.connectTimeout());
    }

    /** Opens a connection; the caller holds a permit for it, which is given back when this fails. */
    Connection open(Object key, Endpoint endpoint, String authority, Exchange exchange, Cancellation cancellation)
            throws AttemptFailure {
        Dial dial = new Dial(endpoint.address(), keepalive);
        ConnectDeadline deadline = new ConnectDeadline(dial);
        exchange.mark(Phase.US_CX_BEG);
        long begin = exchange.nanos(Phase.US_CX_BEG);
        pool.opening(endpoint);
        TransportSocket socket = null;
        boolean opened = false;
        try {
            if (!cancellation.guard(cause -> dial.abort())) {
                throw AttemptFailure.givenUp(cancellation);
            }
            timeout.start(deadline);
            IOException trouble = null;
            try {
                PlainSocket plain = dial.connect();
                socket = plain;
                exchange.mark(Phase.US_CX_END);
                if (tls != null) {
                    socket = encrypt(tls, plain, endpoint, authority);
                    exchange.mark(Phase.US_HS_END);
                }
            } catch (IOException failed) {
                trouble = failed;
            }
            boolean inTime = deadline.cancel();
            if (!cancellation.unguard()) {
                throw AttemptFailure.givenUp(cancellation);
            }
            if (!inTime) {
                stats.upstreamCxConnectTimeout.increment();
                throw new AttemptFailure(Failure.CONNECT_TIMEOUT, "");
            }
            if (trouble != null || socket == null) {
                throw refused(trouble, socket != null, exchange);
            }
            stats.upstreamCxConnectMs.recordNanos(System.nanoTime() - begin);
            opened = true;
            return new Connection(key, endpoint, socket, new ResponseReader(socket, responseLimits, stats), begin);
        } finally {
            if (!opened) {
                deadline.cancel();
                cancellation.unguard();
                dial.abort();
                stats.upstreamCxConnectFail.increment();
                endpoint.stats().cxConnectFail.increment();
                pool.openingFailed(endpoint, begin);
            }
        }
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
}
