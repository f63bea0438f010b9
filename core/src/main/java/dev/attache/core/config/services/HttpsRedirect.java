package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.VirtualHostConfig;
import java.util.List;

/** A listener in plain text that sends readers on to HTTPS and refuses everything else. */
final class HttpsRedirect {

    private static final HeaderMatch READS =
            new HeaderMatch(":method", new HeaderMatch.Value(new StringMatch.Regex("GET|HEAD")), false, false);
    private static final PathMatch ALL = new PathMatch.Prefix("/");

    private HttpsRedirect() {}

    /**
     * The listener.
     *
     * @param port port of the listener that readers are sent to; 0 for that of HTTPS
     */
    static ListenerConfig listener(Defaults defaults, Address address, String name, String statPrefix, int port) {
        RouteConfig redirect = RouteConfig.builder(
                        RouteMatch.builder(ALL).headers(List.of(READS)).build(),
                        new RouteAction.Redirect("https", "", port, new RouteAction.PathRewrite.None(), 301, false))
                .build();
        RouteConfig refusal = RouteConfig.builder(
                        RouteMatch.builder(ALL).build(), new RouteAction.DirectResponse(403, ""))
                .build();
        VirtualHostConfig host = VirtualHostConfig.builder("backend", List.of("*"), List.of(redirect, refusal))
                .build();
        RouteTableConfig table =
                RouteTableConfig.builder().virtualHosts(List.of(host)).build();
        HttpConfig http = defaults.http(statPrefix, table).build();
        return defaults.listener(address, List.of(defaults.filterChain(http).build()))
                .name(name)
                .build();
    }
}
