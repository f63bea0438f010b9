package dev.attache.core.route;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.policy.RequestOverrides;
import dev.attache.core.policy.RoutePolicies;
import dev.attache.core.upstream.Cluster;
import dev.attache.core.upstream.Limits;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * A route and a cluster, ready: what is changed in a request before it is sent, and under which policies it is sent. One
 * request on its way is an {@link UpstreamExchange}. Immutable and safe for use by all threads.
 */
final class UpstreamCall implements HttpService {

    /** Room for headers that are added on the way. */
    private static final int ADDED = 4;

    final Cluster cluster;
    final Limits limits;
    final RoutePolicies policies;
    final DeadlineQueue idleTimeout;
    final long bodyBufferLimit;
    final HeaderMutator responseHeaders;
    final RouterStats routerStats;
    final boolean attemptCountUpstream;
    final boolean attemptCountDownstream;
    final @Nullable HostRewriter host;
    final @Nullable PathRewriter path;
    final boolean appendXForwardedHost;
    final boolean terminateConnect;

    /** Whether upstream and client are told in x-envoy-* headers what happens here. */
    final boolean tells;

    /** What the upstream is told at the first attempt, where the request does not ask for something else. */
    final @Nullable HttpField expectedTimeout;

    private final HeaderMutator requestHeaders;
    /**
     * A call.
     *
     * @param levels header changes, the most specific first
     * @throws IllegalArgumentException when an expression or a format is wrong
     */
    UpstreamCall(
            Cluster cluster,
            ForwardConfig forward,
            PathMatch match,
            VirtualHostConfig virtualHost,
            List<HeaderMutations> levels,
            boolean mostSpecificWins,
            RouterNeeds needs,
            RouterStats stats) {
        RetryPolicyConfig retry = forward.retry().or(virtualHost::retry).orElse(RetryPolicyConfig.RECONNECT);
        this.cluster = cluster;
        this.limits = cluster.limits(forward.highPriority());
        this.policies = RoutePolicies.of(forward, retry, needs.deadlines());
        this.idleTimeout = needs.deadlines().queue(forward.idleTimeout().orElse(needs.streamIdleTimeout()));
        this.bodyBufferLimit = forward.bodyBufferLimitBytes().orElse(needs.bodyBufferLimit());
        this.requestHeaders = HeaderMutator.ofRequests(levels, mostSpecificWins);
        this.responseHeaders = HeaderMutator.ofResponses(levels, mostSpecificWins);
        this.routerStats = stats;
        this.attemptCountUpstream = virtualHost.includeRequestAttemptCount();
        this.attemptCountDownstream = virtualHost.includeAttemptCountInResponse();
        this.host = HostRewriter.of(forward.host(), cluster.config().discovery());
        this.path = PathRewriter.of(forward.path(), match);
        this.appendXForwardedHost = forward.appendXForwardedHost();
        this.terminateConnect = forward.connect();
        this.tells = !needs.suppressEnvoyHeaders();
        this.expectedTimeout = !tells || policies.expectedNanos() == 0
                ? null
                : new HttpField(UpstreamExchange.EXPECTED_TIMEOUT, UpstreamExchange.millis(policies.expectedNanos()));
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        routerStats.rqTotal.increment();
        exchange.cluster(cluster.config().name());
        HttpFields.Mutable headers = withoutConsumed(request.headers());
        boolean asks = headers.size() != request.headers().size();
        RoutePolicies effective = policies.obeyGrpcTimeout() ? policies.ofGrpc(headers) : policies;
        if (asks) {
            effective = effective.with(RequestOverrides.of(request.headers()));
        }
        if (effective.sayStreamDuration()) {
            StreamLimit.lift(exchange);
        }
        requestHeaders.apply(headers, exchange);
        Request changed = request.withHeaders(headers);
        if (path != null) {
            changed = rewritePath(changed, headers, exchange);
        }
        return new UpstreamExchange(this, effective, request, changed, exchange).run();
    }

    /** A copy for the upstream, without what is meant for the proxy alone. */
    private static HttpFields.Mutable withoutConsumed(HttpFields received) {
        HttpFields.Mutable kept = HttpFields.build(received.size() + ADDED);
        for (HttpField field : received) {
            if (!RequestOverrides.isConsumed(field)) {
                kept.add(field);
            }
        }
        return kept;
    }

    private Request rewritePath(Request request, HttpFields.Mutable headers, Exchange exchange) {
        String target = request.target();
        int query = target.indexOf('?');
        String rewritten = path == null ? target : path.rewrite(target, query < 0 ? target.length() : query);
        if (rewritten.equals(target)) {
            return request;
        }
        exchange.originalPath(target);
        if (tells) {
            headers.put("x-envoy-original-path", target);
        }
        return request.withTarget(rewritten);
    }
}
