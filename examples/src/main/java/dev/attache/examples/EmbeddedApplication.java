package dev.attache.examples;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.listeners.Attache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An application that calls a service through Attache within its own process: same routes and policies, no socket. */
public final class EmbeddedApplication {

    private EmbeddedApplication() {}

    /** Runs the example and prints the service's answer. */
    public static void main(String[] args) throws IOException {
        try (StandInUpstream upstream = StandInUpstream.start();
                Attache proxy = Attache.builder(searchOn(upstream.port())).start()) {
            System.out.print(call(proxy.service("search"), "/_cat/health"));
        }
    }

    /** One in-process call. */
    static String call(HttpService service, String path) throws IOException {
        try (Response answer = service.handle(Request.get(path), Exchange.begin())) {
            StringBuilder text = new StringBuilder();
            for (ByteBuffer part = answer.body().read();
                    part != null;
                    part = answer.body().read()) {
                text.append(StandardCharsets.UTF_8.decode(part));
            }
            return text.toString();
        }
    }

    /** A listener named {@code search}, without a socket, in front of one endpoint. */
    static ProxyConfig searchOn(int port) {
        ClusterConfig cluster = ClusterConfig.builder(
                        "search",
                        new DiscoveryConfig.Static(List.of(new EndpointConfig(new Address.Socket("127.0.0.1", port)))))
                .build();
        RouteConfig everything = RouteConfig.builder(
                        RouteMatch.prefix("/"), ForwardConfig.to("search").build())
                .build();
        RouteTableConfig routes = RouteTableConfig.builder()
                .virtualHosts(List.of(VirtualHostConfig.builder("search", List.of("*"), List.of(everything))
                        .build()))
                .build();
        ListenerConfig listener = ListenerConfig.builder(
                        new Address.Socket("127.0.0.1", 0),
                        List.of(FilterChainConfig.builder(
                                        HttpConfig.builder("search", routes).build())
                                .build()))
                .name("search")
                .bindToPort(false)
                .build();
        return ProxyConfig.builder()
                .clusters(List.of(cluster))
                .listeners(List.of(listener))
                .build();
    }
}
