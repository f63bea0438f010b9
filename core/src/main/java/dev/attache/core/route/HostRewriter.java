package dev.attache.core.route;

import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.RouteAction.HostRewrite;
import dev.attache.core.http.Request;
import dev.attache.core.regex.Regex;
import dev.attache.core.upstream.Endpoint;
import org.jspecify.annotations.Nullable;

/** Says the authority that is sent upstream. Safe for use by all threads. */
@FunctionalInterface
interface HostRewriter {

    /** The authority; the request's own where it is not changed. */
    String authority(Request request, Endpoint endpoint);

    /**
     * Compiles a rewrite.
     *
     * @param discovery of the cluster: only DNS gives its endpoints a name that a host can be
     * @return null where the authority is kept
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    static @Nullable HostRewriter of(HostRewrite rewrite, DiscoveryConfig discovery) {
        return switch (rewrite) {
            case HostRewrite.None none -> null;
            case HostRewrite.Literal(String host) -> (request, endpoint) -> host;
            case HostRewrite.Auto auto ->
                discovery instanceof DiscoveryConfig.Static ? null : (request, endpoint) -> endpoint.hostname();
            case HostRewrite.Header(String name) ->
                (request, endpoint) -> {
                    String value = request.headers().get(name);
                    return value == null || value.isEmpty() ? request.authority() : value;
                };
            case HostRewrite.PathRegex(String expression, String substitution) -> {
                Regex regex = Regex.compile(expression);
                yield (request, endpoint) -> regex.replaceAll(request.path(), substitution);
            }
        };
    }
}
