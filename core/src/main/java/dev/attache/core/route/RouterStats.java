package dev.attache.core.route;

import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;

/** What a router counts for its listener, under Envoy's names ({@code http.<prefix>.}); fields are named as the stats are. */
final class RouterStats {

    final Counter rqTotal;
    final Counter noRoute;
    final Counter noCluster;
    final Counter rqRedirect;
    final Counter rqDirectResponse;
    final Counter rqResetAfterDownstreamResponseStarted;
    final Counter downstreamRqWsOnNonWsRoute;

    RouterStats(StatScope http) {
        rqTotal = http.counter("rq_total");
        noRoute = http.counter("no_route");
        noCluster = http.counter("no_cluster");
        rqRedirect = http.counter("rq_redirect");
        rqDirectResponse = http.counter("rq_direct_response");
        rqResetAfterDownstreamResponseStarted = http.counter("rq_reset_after_downstream_response_started");
        downstreamRqWsOnNonWsRoute = http.counter("downstream_rq_ws_on_non_ws_route");
    }
}
