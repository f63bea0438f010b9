package dev.attache.admin.program;

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
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.proxy.InProcess;
import dev.attache.tls.Tls;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A host application with core and TLS alone: makes one call to the port that it is given, and prints the answer. */
final class CoreAlone {

    private CoreAlone() {}

    public static void main(String[] arguments) throws Exception {
        DiscoveryConfig upstream = new DiscoveryConfig.Static(
                List.of(new EndpointConfig(new Address.Socket("127.0.0.1", Integer.parseInt(arguments[0])))));
        RouteConfig everything = RouteConfig.builder(
                        RouteMatch.prefix("/"), ForwardConfig.to("back").build())
                .build();
        VirtualHostConfig host = VirtualHostConfig.builder("all", List.of("*"), List.of(everything))
                .build();
        HttpConfig http = HttpConfig.builder(
                        "demo",
                        RouteTableConfig.builder().virtualHosts(List.of(host)).build())
                .build();
        ListenerConfig listener = ListenerConfig.builder(
                        Address.loopback(0),
                        List.of(FilterChainConfig.builder(http).build()))
                .name("demo")
                .bindToPort(false)
                .build();
        ProxyConfig config = ProxyConfig.builder()
                .clusters(List.of(ClusterConfig.builder("back", upstream).build()))
                .listeners(List.of(listener))
                .build();
        try (InProcess proxy = InProcess.start(config, Tls.provider());
                Response answer = proxy.service("demo").handle(Request.get("/alone"), Exchange.begin())) {
            System.out.println(answer.status() + " "
                    + StandardCharsets.UTF_8.decode(answer.body().read()));
        }
        System.out.println(
                ClassLoader.getSystemResource("org/eclipse/jetty/server/Server.class") == null
                        ? "no server"
                        : "server");
    }
}
