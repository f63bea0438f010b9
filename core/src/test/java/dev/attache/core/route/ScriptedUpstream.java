package dev.attache.core.route;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import dev.attache.core.upstream.Cluster;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.UpstreamClient;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpFields;

/** A running cluster whose attempts go as the test says, without a network. */
final class ScriptedUpstream implements UpstreamClient {

    /** One attempt. */
    interface Step {
        Outcome attempt(Request request, Exchange exchange, Cancellation cancellation) throws Exception;
    }

    final Stats stats = Stats.create(StatsConfig.DEFAULT);
    final StatScope scope = stats.cluster("search");
    final Deque<Step> steps = new ArrayDeque<>();
    final List<Request> sent = new ArrayList<>();
    final List<Endpoint> endpoints = new ArrayList<>();
    final Cluster cluster;

    /** A cluster of one fixed endpoint. */
    ScriptedUpstream() {
        this(fixed(1), builder -> builder);
    }

    ScriptedUpstream(DiscoveryConfig discovery, UnaryOperator<ClusterConfig.Builder> changes) {
        ClusterConfig config =
                changes.apply(ClusterConfig.builder("search", discovery)).build();
        cluster = new Cluster(config, scope, new Loopback(), made -> this);
        cluster.start();
        try {
            cluster.awaitReady(Duration.ofSeconds(30));
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    static DiscoveryConfig fixed(int endpoints) {
        List<EndpointConfig> configured = new ArrayList<>();
        for (int i = 0; i < endpoints; i++) {
            configured.add(new EndpointConfig(new Address.Socket("127.0.0." + (i + 1), 8000 + i)));
        }
        return new DiscoveryConfig.Static(configured);
    }

    static DiscoveryConfig named(String name) {
        return new DiscoveryConfig.StrictDns(
                List.of(new EndpointConfig(new Address.Socket(name, 8000))),
                DnsRefreshConfig.builder().build());
    }

    /** Every name is here. */
    private static final class Loopback implements DnsResolver {
        @Override
        public Answer lookup(String name, DnsFamily family) {
            return new Answer(List.of(InetAddress.getLoopbackAddress()), Duration.ZERO);
        }

        @Override
        public void close() {}
    }

    void then(Step step) {
        steps.add(step);
    }

    void thenAnswer(int status, String... headers) {
        steps.add((request, exchange, cancellation) -> answer(status, headers));
    }

    void thenFail(Failure failure, String reason) {
        steps.add((request, exchange, cancellation) -> new Outcome.Failed(failure, reason));
    }

    /** An attempt that waits until it is given up, as a read of a socket would. */
    void thenHang(CountDownLatch hanging) {
        steps.add((request, exchange, cancellation) -> {
            CountDownLatch woken = new CountDownLatch(1);
            hanging.countDown();
            if (cancellation.guard(cause -> woken.countDown())) {
                woken.await();
            }
            return new Outcome.Failed(Failure.CONNECTION_TERMINATION);
        });
    }

    static Outcome answer(int status, String... headers) {
        return new Outcome.Answered(response(status, Body.EMPTY, headers));
    }

    static Response response(int status, Body body, String... headers) {
        HttpFields.Mutable fields = HttpFields.build();
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        return new Response(status, fields, body);
    }

    long count(String name) {
        return scope.counter(name).value();
    }

    @Override
    public Outcome send(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        sent.add(request.withHeaders(HttpFields.build(request.headers()).asImmutable()));
        endpoints.add(endpoint);
        try {
            return steps.remove().attempt(request, exchange, cancellation);
        } catch (Exception trouble) {
            throw new IllegalStateException(trouble);
        }
    }

    @Override
    public void removed(Endpoint endpoint) {}

    @Override
    public void close() {}
}
