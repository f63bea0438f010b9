package dev.attache.core.upstream.http2;

import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.policy.Outcome;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.UpstreamClient;

/**
 * Speaks to a cluster what the client speaks to us (Envoy's {@code use_downstream_protocol_config}). Safe for use by all
 * threads.
 *
 * @param http1 what HTTP/1 requests are sent by
 * @param http2 what HTTP/2 requests are sent by
 */
public record SameAsDownstream(UpstreamClient http1, UpstreamClient http2) implements UpstreamClient {

    @Override
    public Outcome send(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        boolean second = exchange.downstream().protocol().equals("HTTP/2");
        return (second ? http2 : http1).send(request, endpoint, exchange, cancellation);
    }

    @Override
    public Outcome tunnel(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        return http1.tunnel(request, endpoint, exchange, cancellation);
    }

    @Override
    public void removed(Endpoint endpoint) {
        http1.removed(endpoint);
        http2.removed(endpoint);
    }

    @Override
    public void close() {
        http1.close();
        http2.close();
    }
}
