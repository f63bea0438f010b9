package dev.attache.core.route;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Lets a request that asks to go over to another protocol through only where the route, or else the listener, allows
 * that protocol. Immutable.
 *
 * @param allowed protocols in lower case
 * @param next    what takes every other request, and what is let through
 */
record UpgradeGate(Set<String> allowed, HttpService next, RouterStats stats) implements HttpService {

    /** A gate before what a route does: its own list counts before that of the listener. */
    static UpgradeGate of(Set<String> listener, RouteAction action, HttpService next, RouterStats stats) {
        Map<String, Boolean> own = action instanceof ForwardConfig forward ? forward.upgrades() : Map.of();
        Set<String> allowed = new LinkedHashSet<>(listener);
        own.forEach((protocol, enabled) -> {
            if (enabled) {
                allowed.add(protocol);
            } else {
                allowed.remove(protocol);
            }
        });
        return new UpgradeGate(Set.copyOf(allowed), next, stats);
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        String upgrade = request.upgrade();
        if (upgrade.isEmpty() || allowed.contains(upgrade)) {
            return next.handle(request, exchange);
        }
        stats.downstreamRqWsOnNonWsRoute.increment();
        exchange.details("upgrade_failed");
        return Response.local(new LocalReply(403, "", "upgrade_failed"));
    }
}
