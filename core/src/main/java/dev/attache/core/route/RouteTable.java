package dev.attache.core.route;

import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.runtime.Runtime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a listener: the virtual host that fits the authority best, in it the first route that matches. Immutable
 * and safe for use by all threads.
 */
final class RouteTable {

    /** Makes the action of a route. */
    @FunctionalInterface
    interface ActionMaker {
        HttpService make(VirtualHostConfig virtualHost, RouteConfig route);
    }

    private final DomainTable<RouteIndex> virtualHosts;

    private RouteTable(DomainTable<RouteIndex> virtualHosts) {
        this.virtualHosts = virtualHosts;
    }

    /**
     * Compiles a table.
     *
     * @throws IllegalArgumentException when an expression or a format is wrong, or a domain is given twice
     */
    static RouteTable of(RouteTableConfig config, Runtime runtime, ActionMaker actions) {
        DomainTable.Builder<RouteIndex> domains = new DomainTable.Builder<>();
        for (VirtualHostConfig virtualHost : config.virtualHosts()) {
            List<Route> all = virtualHost.routes().stream()
                    .map(route -> new Route(
                            virtualHost.name(),
                            route.name(),
                            RouteMatcher.of(route.match(), runtime),
                            actions.make(virtualHost, route)))
                    .toList();
            RouteIndex routes = RouteIndex.of(
                    all, virtualHost.routes().stream().map(RouteConfig::match).toList());
            for (String domain : virtualHost.domains()) {
                domains.add(domain, routes);
            }
        }
        return new RouteTable(domains.build());
    }

    /** The route of a request; null where there is none. */
    @Nullable
    Route find(Request request) {
        RouteIndex routes = virtualHosts.find(request.authority());
        if (routes == null) {
            return null;
        }
        int query = request.target().indexOf('?');
        int pathEnd = query < 0 ? request.target().length() : query;
        for (Route route : routes.candidates(request.target(), pathEnd)) {
            if (route.matcher().matches(request, pathEnd)) {
                return route;
            }
        }
        return null;
    }
}
