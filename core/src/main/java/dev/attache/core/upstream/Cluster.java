package dev.attache.core.upstream;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.policy.ClusterPolicies;
import dev.attache.core.stats.StatScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A running cluster: its endpoints, its limits and its connections. Safe for use by all threads. */
public final class Cluster implements AutoCloseable {

    private final ClusterConfig config;
    private final StatScope scope;
    private final ClusterStats stats;
    private final Limits limits;
    private final Limits highPriorityLimits;
    private final ClusterPolicies policies;
    private final LoadBalancer balancer;
    private final EndpointDiscovery discovery;
    private final UpstreamClient client;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile EndpointSet endpoints = EndpointSet.EMPTY;

    /**
     * A cluster that has not begun yet: no look-up, no connection.
     *
     * @param scope  {@code cluster.<name>.}
     * @param client makes the cluster's client; called once, when all but the client is there
     */
    public Cluster(
            ClusterConfig config, StatScope scope, DnsResolver resolver, Function<Cluster, UpstreamClient> client) {
        this(config, scope, resolver, client, RefreshClock.SYSTEM, RandomOfThread.INSTANCE);
    }

    Cluster(
            ClusterConfig config,
            StatScope scope,
            DnsResolver resolver,
            Function<Cluster, UpstreamClient> client,
            RefreshClock clock,
            RandomGenerator random) {
        this.config = config;
        this.scope = scope;
        this.stats = new ClusterStats(scope);
        this.limits = new Limits(config.circuitBreaker());
        this.highPriorityLimits = new Limits(config.highPriorityCircuitBreaker());
        this.policies = ClusterPolicies.of(config.failureBreaker(), scope);
        this.balancer = LoadBalancer.of(config.lbPolicy(), random);
        this.discovery = switch (config.discovery()) {
            case DiscoveryConfig.Static fixed -> new StaticDiscovery(config.name(), fixed.endpoints());
            case DiscoveryConfig.StrictDns dns ->
                new DnsDiscovery(dns.endpoints(), needs(dns.refresh(), resolver, clock, random));
            case DiscoveryConfig.LogicalDns dns ->
                new LogicalDnsDiscovery(dns.endpoints().getFirst(), needs(dns.refresh(), resolver, clock, random));
        };
        this.client = client.apply(this);
    }

    private DnsWatch.Needs needs(
            DnsRefreshConfig refresh, DnsResolver resolver, RefreshClock clock, RandomGenerator random) {
        return new DnsWatch.Needs(config.name(), refresh, resolver, stats, clock, random);
    }

    public ClusterConfig config() {
        return config;
    }

    public ClusterStats stats() {
        return stats;
    }

    /** {@code cluster.<name>.}, as long as this cluster is there. */
    public StatScope scope() {
        return scope;
    }

    /** Makes the attempts. */
    public UpstreamClient client() {
        return client;
    }

    /** The current endpoints; a new set whenever they change. */
    public EndpointSet endpoints() {
        return endpoints;
    }

    /** What DNS has said; empty for fixed endpoints. */
    public List<NameState> names() {
        return discovery.names();
    }

    /**
     * Chooses an endpoint by the cluster's policy.
     *
     * @param tried endpoints of earlier attempts: chosen again only where there is no other
     * @return null where there is no endpoint
     */
    public @Nullable Endpoint choose(List<Endpoint> tried) {
        EndpointSet all = endpoints;
        if (all.isEmpty()) {
            stats.upstreamCxNoneHealthy.increment();
            return null;
        }
        if (tried.isEmpty()) {
            return balancer.choose(all);
        }
        EndpointSet others = all.without(tried);
        return balancer.choose(others.isEmpty() ? all : others);
    }

    /** What protects the whole cluster, such as its failure-rate breaker. */
    public ClusterPolicies policies() {
        return policies;
    }

    /** Limits of one priority. */
    public Limits limits(boolean highPriority) {
        return highPriority ? highPriorityLimits : limits;
    }

    /** Waits until discovery has given its first answer, good or bad, or the time is over. */
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return ready.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Begins discovery; a second call does nothing. */
    public void start() {
        if (!started.compareAndSet(false, true)) {
            return;
        }
        // Not before: a configuration that comes to nothing must not show its own for those that are in use.
        StatScope breakers = scope.scope("circuit_breakers");
        limits.show(breakers.scope("default"));
        highPriorityLimits.show(breakers.scope("high"));
        policies.show(scope);
        discovery.start(new EndpointDiscovery.Listener() {
            @Override
            public void endpoints(List<Endpoint> found) {
                replace(new EndpointSet(found));
            }

            @Override
            public void ready() {
                ready.countDown();
            }
        });
    }

    private void replace(EndpointSet next) {
        List<Endpoint> gone = new ArrayList<>(endpoints.endpoints());
        gone.removeAll(next.endpoints());
        endpoints = next;
        stats.membershipChange.increment();
        stats.membershipTotal.set(next.size());
        stats.membershipHealthy.set(next.size());
        for (Endpoint endpoint : gone) {
            endpoint.remove();
            client.removed(endpoint);
        }
    }

    /** Ends discovery; idle connections are closed now, busy ones when they are done. */
    @Override
    public void close() {
        discovery.close();
        client.close();
    }

    /** Random numbers of whichever thread asks. */
    private static final class RandomOfThread implements RandomGenerator {
        private static final RandomOfThread INSTANCE = new RandomOfThread();

        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
