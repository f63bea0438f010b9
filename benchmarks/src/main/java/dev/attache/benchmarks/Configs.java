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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The configurations that are measured: defaults, as a user would have them. */
final class Configs {

    private Configs() {}

    /** One listener before one endpoint on loopback, with the default policies and one retry on 5xx. */
    static ProxyConfig forwarding(int upstreamPort, boolean bound) {
        VirtualHostConfig all = VirtualHostConfig.builder("all", List.of("*"), List.of(route("/", "upstream")))
                .build();
        return proxy(List.of(cluster("upstream", upstreamPort)), List.of(all), bound);
    }

    /** As many virtual hosts with as many routes each, every one with a cluster of its own; not bound. */
    static ProxyConfig many(int hosts, int routes) {
        List<ClusterConfig> clusters = new ArrayList<>();
        List<VirtualHostConfig> virtualHosts = new ArrayList<>();
        for (int host = 0; host < hosts; host++) {
            List<RouteConfig> ofHost = new ArrayList<>();
            for (int route = 0; route < routes; route++) {
                String cluster = "upstream-" + host + "-" + route;
                clusters.add(cluster(cluster, 1));
                ofHost.add(route(prefix(route), cluster));
            }
            virtualHosts.add(VirtualHostConfig.builder("host-" + host, List.of(domain(host)), ofHost)
                    .build());
        }
        return proxy(clusters, virtualHosts, false);
    }

    /** The domain of the n-th virtual host. */
    static String domain(int host) {
        return "wiki" + host + ".example.org";
    }

    /** The prefix of the n-th route. */
    static String prefix(int route) {
        return "/w" + route + "/";
    }

    private static ClusterConfig cluster(String name, int port) {
        return ClusterConfig.builder(
                        name,
                        new DiscoveryConfig.Static(List.of(new EndpointConfig(new Address.Socket("127.0.0.1", port)))))
                .build();
    }

    private static RouteConfig route(String prefix, String cluster) {
        ForwardConfig forward = ForwardConfig.to(cluster)
                .retry(RetryPolicyConfig.builder()
                        .retryOn(Set.of("5xx"))
                        .numRetries(1)
                        .build())
                .build();
        return RouteConfig.builder(RouteMatch.prefix(prefix), forward).build();
    }

    private static ProxyConfig proxy(
            List<ClusterConfig> clusters, List<VirtualHostConfig> virtualHosts, boolean bound) {
        RouteTableConfig routes =
                RouteTableConfig.builder().virtualHosts(virtualHosts).build();
        ListenerConfig listener = ListenerConfig.builder(
                        new Address.Socket("127.0.0.1", 0),
                        List.of(FilterChainConfig.builder(
                                        HttpConfig.builder("measured", routes).build())
                                .build()))
                .name("measured")
                .bindToPort(bound)
                .build();
        return ProxyConfig.builder()
                .clusters(clusters)
                .listeners(List.of(listener))
                .build();
    }
}
