package dev.attache.core.upstream.http1;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.policy.Outcome;
import dev.attache.core.upstream.AttemptFailure;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.ConnectionKeys;
import dev.attache.core.upstream.Connector;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.Limits;
import dev.attache.core.upstream.UpstreamClient;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 toward the endpoints of one cluster. A call blocks its thread, which should be a virtual one, and uses one
 * connection of a pool that all threads share. Safe for use by all threads.
 *
 * <p>A server may close an idle connection just when it is used again. So a request that fails on a used connection
 * before a byte of the response has come is repeated once on a fresh one, if its method is idempotent and its body is in
 * memory. Nobody counts that as a retry.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1">RFC 9112, retrying requests</a>
 */
public final class Http1Client implements UpstreamClient {

    private final ConnectionPool pool;
    private final Connector connector;
    private final ResponseReader.Limits responseLimits;
    private final ClusterStats stats;
    private final AttemptSettings settings;
    private final ConnectionKeys keys;

    /**
     * A client without connections.
     *
     * @param limits limits of the cluster; connections and waiting requests are counted here, requests by the caller
     * @param tls    TLS toward the cluster, closed with this; null for plain text
     */
    public Http1Client(
            ClusterConfig config, ClusterStats stats, Limits limits, @Nullable UpstreamTls tls, Deadlines deadlines) {
        SlowUploads slowUploads = new SlowUploads(config.minBodyRate());
        this.pool = new ConnectionPool(config, stats, limits, slowUploads, deadlines);
        this.connector = new Connector(config, stats, pool, tls, deadlines);
        this.responseLimits = new ResponseReader.Limits(
                config.maxResponseHeadersKb() * 1024,
                config.maxHeadersCount(),
                config.headerCase() == HeaderCase.PRESERVE,
                config.enableTrailers(),
                config.acceptBareLf());
        this.stats = stats;
        this.settings = new AttemptSettings(config.headerCase(), config.enableTrailers(), stats, slowUploads);
        this.keys = new ConnectionKeys(config, tls != null);
    }

    @Override
    public Outcome send(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        Object key = keys.of(endpoint, request, exchange);
        boolean fresh = false;
        while (true) {
            try {
                Connection connection = pool.acquire(key, endpoint, fresh, cancellation);
                if (connection == null) {
                    Connector.Opened opened = connector.open(endpoint, request.authority(), exchange, cancellation);
                    stats.upstreamCxHttp1Total.increment();
                    connection = connection(key, endpoint, opened);
                }
                Attempt attempt = new Attempt(settings, pool, connection, request, exchange, cancellation);
                return new Outcome.Answered(attempt.run());
            } catch (AttemptFailure failed) {
                switch (failed.remedy()) {
                    case NONE -> {
                        return failed.outcome();
                    }
                    case ANOTHER_CONNECTION, HTTP1 -> {}
                    case FRESH_CONNECTION -> {
                        if (fresh || !request.isIdempotent() || !isReplayable(request)) {
                            return failed.outcome();
                        }
                        fresh = true;
                    }
                }
            }
        }
    }

    private Connection connection(Object key, Endpoint endpoint, Connector.Opened opened) {
        ResponseReader reader = new ResponseReader(opened.socket(), responseLimits, stats);
        return new Connection(key, endpoint, opened.socket(), reader, opened.began());
    }

    @Override
    public Outcome tunnel(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        Object key = new Object(); // No connection that has carried HTTP will do.
        try {
            Connection connection = pool.acquire(key, endpoint, true, cancellation);
            if (connection == null) {
                Connector.Opened opened = connector.open(endpoint, request.authority(), exchange, cancellation);
                connection = connection(key, endpoint, opened);
            }
            return new Outcome.Answered(Tunnel.begin(settings, pool, connection, request, exchange, cancellation));
        } catch (AttemptFailure failed) {
            return failed.outcome();
        }
    }

    private static boolean isReplayable(Request request) {
        if (!request.upgrade().isEmpty()) {
            return true; // Nothing of the body is read before the switch.
        }
        return switch (request.body()) {
            case Body.Empty empty -> true;
            case Body.Buffered buffered -> buffered.length() <= Attempt.MOST_WRITTEN_AT_ONCE;
            case Body.Streaming streaming -> false;
        };
    }

    @Override
    public void removed(Endpoint endpoint) {
        pool.removed(endpoint);
    }

    @Override
    public void close() {
        pool.close();
        connector.close();
    }
}
