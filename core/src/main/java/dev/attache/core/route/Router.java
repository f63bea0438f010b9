package dev.attache.core.route;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.upstream.Cluster;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;

/**
 * The end of a listener's filter chain: finds the route of a request and does what it says: forwards, redirects, or
 * answers by itself. All is resolved when the router is made. Safe for use by all threads.
 */
public final class Router implements HttpService {

    private final RouteTable table;
    private final HttpService noRoute;
    private final RouterStats stats;

    /**
     * A router that lets no request go over to another protocol, save where a route does.
     *
     * @throws IllegalArgumentException when an expression or a format is wrong, or a domain is given twice
     */
    public Router(RouteTableConfig config, RouterNeeds needs) {
        this(config, Set.of(), needs);
    }

    /**
     * A router.
     *
     * @param upgrades protocols, in lower case, to which a request may go over where its route does not say otherwise
     * @throws IllegalArgumentException when an expression or a format is wrong, or a domain is given twice
     */
    public Router(RouteTableConfig config, Set<String> upgrades, RouterNeeds needs) {
        this.stats = new RouterStats(needs.http());
        this.noRoute = new UpgradeGate(upgrades, this::noRoute, stats);
        this.table = RouteTable.of(
                config,
                needs.runtime(),
                (virtualHost, route) -> gated(virtualHost, route, upgrades, action(config, virtualHost, route, needs)));
    }

    private HttpService gated(
            VirtualHostConfig virtualHost, RouteConfig route, Set<String> upgrades, HttpService action) {
        HttpService upgrade = UpgradeGate.of(upgrades, route.action(), action, stats);
        return TlsGate.of(virtualHost.requireTls(), upgrade, redirect(TlsGate.TO_TLS, new PathMatch.Prefix("/")));
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        exchange.request(request);
        Route route = table.find(request);
        if (route == null) {
            return noRoute.handle(request, exchange);
        }
        exchange.routed(route.virtualHost(), route.name());
        return route.action().handle(request, exchange);
    }

    private Response noRoute(Request request, Exchange exchange) {
        stats.noRoute.increment();
        exchange.flag(ResponseFlag.NO_ROUTE_FOUND);
        return local(404, "", "route_not_found", exchange);
    }

    private static Response local(int status, String body, String details, Exchange exchange) {
        exchange.details(details);
        return Response.local(new LocalReply(status, body, details));
    }

    private HttpService action(
            RouteTableConfig config, VirtualHostConfig virtualHost, RouteConfig route, RouterNeeds needs) {
        List<HeaderMutations> levels = List.of(route.headers(), virtualHost.headers(), config.headers());
        boolean mostSpecificWins = config.mostSpecificHeaderMutationsWins();
        return switch (route.action()) {
            case RouteAction.Redirect redirect ->
                own(
                        HeaderMutator.ofResponses(levels, mostSpecificWins),
                        redirect(redirect, route.match().path()));
            case RouteAction.DirectResponse(int status, String body) ->
                own(HeaderMutator.ofResponses(levels, mostSpecificWins), (request, exchange) -> {
                    stats.rqDirectResponse.increment();
                    return local(status, body, "direct_response", exchange);
                });
            case ForwardConfig forward -> forward(config, virtualHost, route, forward, needs);
        };
    }

    private HttpService redirect(RouteAction.Redirect redirect, PathMatch match) {
        HttpService reply = new RedirectReply(redirect, match);
        return (request, exchange) -> {
            stats.rqRedirect.increment();
            exchange.details("direct_response");
            return reply.handle(request, exchange);
        };
    }

    /** An answer of the proxy's own gets the route's response headers as well. */
    private static HttpService own(HeaderMutator responseHeaders, HttpService service) {
        return (request, exchange) -> {
            Response response = service.handle(request, exchange);
            HttpFields.Mutable headers = response.headers();
            responseHeaders.apply(headers, exchange);
            return response;
        };
    }

    private HttpService forward(
            RouteTableConfig config,
            VirtualHostConfig virtualHost,
            RouteConfig route,
            ForwardConfig forward,
            RouterNeeds needs) {
        List<TrafficSplit.Share> shares = forward.clusters().stream()
                .map(share -> new TrafficSplit.Share(
                        call(config, virtualHost, route, forward, share, needs),
                        needs.runtime().integer(weightKey(forward, share), share.weight())))
                .toList();
        return shares.size() == 1 ? shares.getFirst().call() : new TrafficSplit(shares);
    }

    private static String weightKey(ForwardConfig forward, RouteAction.WeightedCluster share) {
        return forward.runtimeKeyPrefix().isEmpty() ? "" : forward.runtimeKeyPrefix() + "." + share.cluster();
    }

    private HttpService call(
            RouteTableConfig config,
            VirtualHostConfig virtualHost,
            RouteConfig route,
            ForwardConfig forward,
            RouteAction.WeightedCluster share,
            RouterNeeds needs) {
        Cluster cluster = needs.clusters().apply(share.cluster());
        if (cluster == null) {
            return (request, exchange) -> {
                stats.rqTotal.increment();
                stats.noCluster.increment();
                exchange.flag(ResponseFlag.NO_CLUSTER_FOUND);
                return local(503, "", "cluster_not_found", exchange);
            };
        }
        return new UpstreamCall(
                cluster,
                forward,
                route.match().path(),
                virtualHost,
                List.of(share.headers(), route.headers(), virtualHost.headers(), config.headers()),
                config.mostSpecificHeaderMutationsWins(),
                needs,
                stats);
    }
}
