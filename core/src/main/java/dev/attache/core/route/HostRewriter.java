package dev.attache.core.route;

import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.RouteAction.HostRewrite;
import dev.attache.core.http.Octets;
import dev.attache.core.http.Request;
import dev.attache.core.regex.Regex;
import dev.attache.core.upstream.Endpoint;
import org.jspecify.annotations.Nullable;

/** Says the authority that is sent upstream. Immutable and safe for use by all threads. */
final class HostRewriter {

    @FunctionalInterface
    private interface Choice {
        String authority(Request request, Endpoint endpoint);
    }

    private final Choice choice;
    private final @Nullable String substitution;
    private final boolean ours;

    /** @param ours whether nothing of the request is in what is chosen, whatever that is */
    private HostRewriter(Choice choice, boolean ours, @Nullable String substitution) {
        this.choice = choice;
        this.ours = ours;
        this.substitution = substitution;
    }

    /** The authority; the request's own where it is not changed. */
    String authority(Request request, Endpoint endpoint) {
        return choice.authority(request, endpoint);
    }

    /** Whether nothing of what came is in {@code chosen}. */
    boolean isOurs(String chosen) {
        return ours || chosen.equals(substitution);
    }

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
            case HostRewrite.Literal(String host) -> ours((request, endpoint) -> host);
            case HostRewrite.Auto auto ->
                discovery instanceof DiscoveryConfig.Static ? null : ours((request, endpoint) -> endpoint.hostname());
            case HostRewrite.Header(String name) ->
                new HostRewriter(
                        (request, endpoint) -> {
                            String value = request.headers().get(name);
                            return value == null || value.isEmpty() ? request.authority() : value;
                        },
                        false,
                        null);
            case HostRewrite.PathRegex(String expression, String substitution) -> {
                Regex regex = Regex.compile(expression);
                yield new HostRewriter(
                        (request, endpoint) ->
                                Octets.change(request.path(), path -> regex.replaceAll(path, substitution)),
                        false,
                        substitution);
            }
        };
    }

    private static HostRewriter ours(Choice choice) {
        return new HostRewriter(choice, true, null);
    }
}
