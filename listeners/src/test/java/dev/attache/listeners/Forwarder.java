package dev.attache.listeners;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Outcome;
import dev.attache.core.stats.Stats;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.Limits;
import dev.attache.core.upstream.http1.Http1Client;
import java.net.SocketAddress;
import java.util.List;

/** Sends every request to one upstream: the least that makes a listener a proxy. */
final class Forwarder implements HttpService {

    private final Http1Client client;
    private final Endpoint endpoint;

    Forwarder(SocketAddress upstream, Stats stats, Deadlines deadlines) {
        this(upstream, HeaderCase.LOWER, stats, deadlines);
    }

    Forwarder(SocketAddress upstream, HeaderCase headerCase, Stats stats, Deadlines deadlines) {
        ClusterConfig config = ClusterConfig.builder(
                        "up",
                        new DiscoveryConfig.Static(List.of(new EndpointConfig(new Address.Socket("127.0.0.1", 1)))))
                .headerCase(headerCase)
                .build();
        client = new Http1Client(
                config,
                new ClusterStats(stats.cluster("up")),
                new Limits(config.circuitBreaker(), stats.cluster("up").scope("circuit_breakers")),
                null,
                deadlines);
        endpoint = new Endpoint("up.test", 80, upstream, 1);
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        return switch (client.send(
                request, endpoint, exchange, exchange.cancellation().part())) {
            case Outcome.Answered answered -> answered.response();
            case Outcome.Failed failed ->
                TestEntry.text(failed.failure().status(), failed.failure().resetReason());
        };
    }
}
