package dev.attache.benchmarks;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.VirtualHostConfig;
import java.util.List;
import java.util.Set;

/** The configurations that are measured: defaults, as a user would have them. */
final class Configs {

    private Configs() {}

    /** One listener before one endpoint on loopback, with the default policies and one retry on 5xx. */
    static ProxyConfig forwarding(int upstreamPort, boolean bound) {
        ClusterConfig cluster = ClusterConfig.builder(
                        "upstream",
                        new DiscoveryConfig.Static(
                                List.of(new EndpointConfig(new Address.Socket("127.0.0.1", upstreamPort)))))
                .build();
        ForwardConfig forward = ForwardConfig.to("upstream")
                .retry(RetryPolicyConfig.builder()
                        .retryOn(Set.of("5xx"))
                        .numRetries(1)
                        .build())
                .build();
        RouteConfig everything =
                RouteConfig.builder(RouteMatch.prefix("/"), forward).build();
        RouteTableConfig routes = RouteTableConfig.builder()
                .virtualHosts(List.of(VirtualHostConfig.builder("all", List.of("*"), List.of(everything))
                        .build()))
                .build();
        ListenerConfig listener = ListenerConfig.builder(
                        new Address.Socket("127.0.0.1", 0),
                        List.of(FilterChainConfig.builder(
                                        HttpConfig.builder("measured", routes).build())
                                .build()))
                .name("measured")
                .bindToPort(bound)
                .build();
        return ProxyConfig.builder()
                .clusters(List.of(cluster))
                .listeners(List.of(listener))
                .build();
    }
}
