package dev.attache.core.upstream.http2;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.policy.Outcome;
import dev.attache.core.upstream.AttemptFailure;
import dev.attache.core.upstream.AttemptFailure.Remedy;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.ConnectionKeys;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.Limits;
import dev.attache.core.upstream.UpstreamClient;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 toward the endpoints of one cluster. A call blocks its thread, which should be a virtual one, and uses one
 * stream of a connection that all threads share. Safe for use by all threads.
 *
 * <p>What the peer says it has not begun with (GOAWAY, REFUSED_STREAM) is sent again, on another connection, where its
 * body is in memory; so is an idempotent request whose connection is lost before a byte of an answer has come. Nobody
 * counts that as a retry.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-8.7">RFC 9113, 8.7</a>
 */
public final class Http2Client implements UpstreamClient {

    private static final int MOST_REPEATS = 3;

    private final Http2Pool pool;
    private final ResponseRules rules;
    private final ConnectionKeys keys;
    private final @Nullable UpstreamClient http1;
    private final Set<Endpoint> onlyHttp1 = ConcurrentHashMap.newKeySet();

    /**
     * A client without connections.
     *
     * @param limits limits of the cluster; connections and waiting requests are counted here, requests by the caller
     * @param tls    TLS toward the cluster, which offers {@code h2}; null for plain text, by prior knowledge
     * @param http1  what speaks to those that have not agreed to HTTP/2 (ALPN), and is closed together with this; null
     *     for HTTP/2 in any case
     */
    public Http2Client(
            ClusterConfig config,
            ClusterStats stats,
            Limits limits,
            @Nullable UpstreamTls tls,
            @Nullable UpstreamClient http1,
            Deadlines deadlines) {
        this.pool = new Http2Pool(config, stats, limits, tls, http1 != null, deadlines);
        this.http1 = http1;
        this.rules = new ResponseRules(config.maxHeadersCount());
        this.keys = new ConnectionKeys(config, tls != null);
    }

    @Override
    public Outcome send(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        if (http1 != null && onlyHttp1.contains(endpoint)) {
            return http1.send(request, endpoint, exchange, cancellation);
        }
        Object key = keys.of(endpoint, request, exchange);
        Request sent = request;
        for (int repeats = 0; ; repeats++) {
            try {
                Http2Connection connection = pool.acquire(key, endpoint, request.authority(), exchange, cancellation);
                Http2Attempt attempt = new Http2Attempt(pool, connection, rules, sent, exchange, cancellation);
                return new Outcome.Answered(attempt.run());
            } catch (AttemptFailure failed) {
                if (failed.remedy() == Remedy.HTTP1 && http1 != null) {
                    onlyHttp1.add(endpoint);
                    return http1.send(request, endpoint, exchange, cancellation);
                }
                boolean again = switch (failed.remedy()) {
                    case NONE, HTTP1 -> false;
                    case ANOTHER_CONNECTION -> true;
                    case FRESH_CONNECTION -> repeats == 0 && request.isIdempotent();
                };
                if (!again || repeats == MOST_REPEATS || request.body() instanceof Body.Streaming) {
                    return failed.outcome();
                }
                sent = request.body() instanceof Body.Buffered body ? request.withBody(body.replay()) : request;
            }
        }
    }

    @Override
    public Outcome tunnel(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        return http1 == null
                ? UpstreamClient.super.tunnel(request, endpoint, exchange, cancellation)
                : http1.tunnel(request, endpoint, exchange, cancellation);
    }

    @Override
    public void removed(Endpoint endpoint) {
        pool.removed(endpoint);
        onlyHttp1.remove(endpoint);
        if (http1 != null) {
            http1.removed(endpoint);
        }
    }

    @Override
    public void close() {
        pool.close();
        if (http1 != null) {
            http1.close();
        }
    }
}
