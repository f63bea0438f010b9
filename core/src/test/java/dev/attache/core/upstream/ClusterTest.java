package dev.attache.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.LbPolicy;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.stats.Stats;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clusters of fixed endpoints; those of DNS are in {@link DnsDiscoveryTest}. */
class ClusterTest {

    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private final IdleClient client = new IdleClient();

    private Cluster cluster(ClusterConfig config) {
        return new Cluster(config, stats.cluster(config.name()), new NoResolver(), cluster -> client);
    }

    private static ClusterConfig.Builder fixed(String... literals) {
        List<EndpointConfig> endpoints = new ArrayList<>();
        for (String literal : literals) {
            endpoints.add(new EndpointConfig(new Address.Socket(literal, 80)));
        }
        return ClusterConfig.builder("c", new DiscoveryConfig.Static(endpoints));
    }

    private static final class NoResolver implements DnsResolver {
        @Override
        public Answer lookup(String name, DnsFamily family) {
            throw new AssertionError("looked up " + name);
        }

        @Override
        public void close() {}
    }

    @Test
    void hasNoEndpointUntilItIsStarted() {
        Cluster cluster = cluster(fixed("10.0.0.1").build());

        assertThat(cluster.choose(List.of())).isNull();
        cluster.start();
        assertThat(cluster.choose(List.of())).isNotNull();
        assertThat(cluster.stats().upstreamCxNoneHealthy.value()).isEqualTo(1);
    }

    @Test
    void fixedEndpointsAreThereAtOnceAndStay() throws Exception {
        Cluster cluster = cluster(fixed("10.0.0.1", "fd00::1").build());
        cluster.start();
        cluster.start();

        assertThat(cluster.awaitReady(Duration.ZERO)).isTrue();
        assertThat(cluster.endpoints().endpoints())
                .extracting(Endpoint::address)
                .containsExactly(new InetSocketAddress("10.0.0.1", 80), new InetSocketAddress("fd00::1", 80));
        assertThat(cluster.stats().membershipTotal.value()).isEqualTo(2);
        assertThat(cluster.stats().membershipHealthy.value()).isEqualTo(2);
        assertThat(cluster.stats().membershipChange.value()).isEqualTo(1);
        assertThat(cluster.names()).isEmpty();
    }

    @Test
    void aUnixSocketIsAnEndpoint() {
        EndpointConfig pipe = new EndpointConfig(new Address.Pipe(Path.of("/run/app.sock")), "app.test", 2);
        Cluster cluster = cluster(ClusterConfig.builder("c", new DiscoveryConfig.Static(List.of(pipe)))
                .build());
        cluster.start();

        Endpoint endpoint = cluster.choose(List.of());
        assertThat(endpoint).isNotNull();
        assertThat(endpoint.address()).isEqualTo(UnixDomainSocketAddress.of("/run/app.sock"));
        assertThat(endpoint.hostname()).isEqualTo("app.test");
        assertThat(endpoint.port()).isZero();
        assertThat(endpoint.weight()).isEqualTo(2);
    }

    @Test
    void aFixedEndpointWithANameIsRefused() {
        assertThatThrownBy(() -> cluster(fixed("app.test").build()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("app.test")
                .hasMessageContaining("expected: an IP address");
    }

    @ParameterizedTest
    @EnumSource(LbPolicy.class)
    void endpointsAlreadyTriedComeLast(LbPolicy policy) {
        Cluster cluster = cluster(
                fixed("10.0.0.1", "10.0.0.2", "10.0.0.3").lbPolicy(policy).build());
        cluster.start();
        for (int i = 0; i < 100; i++) {
            List<Endpoint> tried = new ArrayList<>();
            for (int attempt = 0; attempt < 3; attempt++) {
                tried.add(cluster.choose(tried));
            }
            assertThat(tried).doesNotHaveDuplicates();
            assertThat(cluster.choose(tried)).isNotNull(); // all are tried: any will do
        }
    }

    @Test
    void aRetryDoesNotAlwaysGoToTheSameNeighbour() {
        Cluster cluster = cluster(fixed("10.0.0.1", "10.0.0.2", "10.0.0.3").build());
        cluster.start();
        Endpoint tried = cluster.endpoints().endpoints().getFirst();
        Set<Endpoint> next = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            next.add(cluster.choose(List.of(tried)));
        }

        assertThat(next).hasSize(2).doesNotContain(tried);
    }

    @Test
    void eachPriorityHasLimitsOfItsOwn() {
        Cluster cluster = cluster(fixed("10.0.0.1").build());
        cluster.limits(true).requests().tryAcquire();

        assertThat(cluster.limits(true).requests().used()).isEqualTo(1);
        assertThat(cluster.limits(false).requests().used()).isZero();
    }

    @Test
    void closingClosesTheClient() {
        Cluster cluster = cluster(fixed("10.0.0.1").build());
        cluster.close();

        assertThat(client.closed).isTrue();
    }
}
