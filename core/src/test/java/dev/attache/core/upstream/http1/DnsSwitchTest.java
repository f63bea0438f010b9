package dev.attache.core.upstream.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.fixtures.DnsServer;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.net.DnsjavaResolver;
import dev.attache.core.policy.Outcome;
import dev.attache.core.stats.Stats;
import dev.attache.core.upstream.Cluster;
import dev.attache.core.upstream.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

/** Two servers, a name that is one or the other, and callers that do not stop meanwhile. */
class DnsSwitchTest {

    private static final String HERE = "127.0.0.1";
    private static final String THERE = "127.0.0.2";

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicBoolean done = new AtomicBoolean();

    @Test
    void trafficMovesWithoutAFailedRequestAndTheOldConnectionsGo() throws Exception {
        try (DnsServer dns = DnsServer.start();
                RawUpstream here = RawUpstream.start(RawUpstream.echoingTarget());
                RawUpstream there = RawUpstream.at(
                        new InetSocketAddress(InetAddress.ofLiteral(THERE), here.port()), RawUpstream.echoingTarget());
                Deadlines deadlines = Deadlines.open()) {
            DnsServer.Entry name = dns.name("app.test").addresses(HERE);
            Stats stats = Stats.create(StatsConfig.DEFAULT);
            try (DnsResolver resolver = new DnsjavaResolver(dns.config().build(), stats.scope("dns"));
                    Cluster cluster = cluster(here.port(), stats, resolver, deadlines)) {
                cluster.start();
                assertThat(cluster.awaitReady(Duration.ofSeconds(30))).isTrue();
                List<CompletableFuture<Void>> callers = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    String method = i % 2 == 0 ? "GET" : "POST"; // a POST is never repeated
                    callers.add(Http1Fixture.async(() -> call(cluster, method)));
                }

                for (int round = 0; round < 6; round++) {
                    boolean toThere = round % 2 == 0;
                    name.addresses(toThere ? THERE : HERE);
                    RawUpstream old = toThere ? here : there;
                    RawUpstream current = toThere ? there : here;
                    Http1Fixture.eventually("the new server is used", () -> current.open() > 0);
                    Http1Fixture.eventually("the old one's connections are gone", () -> old.open() == 0);
                    name.servfail();
                    long before = answers.get();
                    Http1Fixture.eventually("traffic goes on without DNS", () -> answers.get() > before + 50);
                    // A caller may have chosen just before the change, but what it opened is not kept.
                    Http1Fixture.eventually("nothing is left at the old one", () -> old.open() == 0);
                }

                done.set(true);
                callers.forEach(Http1Fixture::await);
                assertThat(failures).isEmpty();
            }
        }
    }

    private static Cluster cluster(int port, Stats stats, DnsResolver resolver, Deadlines deadlines) {
        DiscoveryConfig discovery = new DiscoveryConfig.StrictDns(
                List.of(new EndpointConfig(new Address.Socket("app.test", port))),
                DnsRefreshConfig.builder().rate(Duration.ofMillis(20)).build());
        ClusterConfig config = ClusterConfig.builder("app", discovery)
                .connectTimeout(Duration.ofSeconds(20))
                .build();
        return new Cluster(
                config,
                stats.cluster("app"),
                resolver,
                made -> new Http1Client(config, made.stats(), made.limits(false), null, deadlines));
    }

    private Void call(Cluster cluster, String method) throws Exception {
        while (!done.get()) {
            Endpoint endpoint = cluster.choose(List.of());
            if (endpoint == null) {
                failures.add("no endpoint");
                return null;
            }
            Request request =
                    method.equals("GET") ? Http1Fixture.get("/", HttpFields.EMPTY) : Http1Fixture.post("hello");
            Exchange exchange = Exchange.begin();
            switch (cluster.client().send(request, endpoint, exchange, exchange.cancellation())) {
                case Outcome.Answered(var response) -> {
                    Http1Fixture.text(response);
                    answers.incrementAndGet();
                }
                case Outcome.Failed failed -> failures.add(method + " " + endpoint + ": " + failed);
            }
        }
        return null;
    }
}
