package dev.attache.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.net.DnsjavaResolver;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterManagerTest {

    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private final StatScope scope = stats.scope("cluster_manager");
    private final DnsResolver resolver = new DnsjavaResolver(DnsConfig.builder().build(), stats.scope("dns"));
    private final Map<String, IdleClient> clients = new HashMap<>();

    private static ClusterConfig config(String name, int port) {
        return ClusterConfig.builder(
                        name,
                        new DiscoveryConfig.Static(List.of(new EndpointConfig(new Address.Socket("127.0.0.1", port)))))
                .build();
    }

    private ClusterManager manager(@Nullable ClusterManager previous, ClusterConfig... configs) {
        return new ClusterManager(List.of(configs), previous, this::make, scope);
    }

    private Cluster make(ClusterConfig config) {
        if (config.name().equals("broken")) {
            throw new IllegalArgumentException("broken");
        }
        IdleClient client = new IdleClient();
        clients.put(config.name(), client);
        return new Cluster(config, stats.cluster(config.name()), resolver, cluster -> client);
    }

    @Test
    void findsClustersByName() throws Exception {
        ClusterManager manager = manager(null, config("b", 1), config("a", 2));
        manager.start();

        assertThat(manager.awaitReady(Duration.ofSeconds(30))).isEmpty();
        assertThat(manager.cluster("a")).isNotNull();
        assertThat(manager.cluster("c")).isNull();
        assertThat(manager.clusters())
                .extracting(cluster -> cluster.config().name())
                .containsExactly("b", "a");
        assertThat(scope.counter("cluster_added").value()).isEqualTo(2);
        assertThat(scope.gauge("active_clusters").value()).isEqualTo(2);
        assertThat(scope.gauge("warming_clusters").value()).isZero();
    }

    @Test
    void saysWhichClustersAreLate() throws Exception {
        ClusterManager manager = manager(null, config("a", 1)); // never started

        assertThat(manager.awaitReady(Duration.ZERO)).containsExactly(manager.cluster("a"));
    }

    @Test
    void takesOverWhatIsTheSameAndClosesTheRest() {
        ClusterManager first = manager(null, config("same", 1), config("changed", 2), config("gone", 3));
        Map<String, IdleClient> before = Map.copyOf(clients);

        ClusterManager second = manager(first, config("same", 1), config("changed", 20), config("new", 4));
        first.closeAllBut(second);

        assertThat(second.cluster("same")).isSameAs(first.cluster("same"));
        assertThat(second.cluster("changed")).isNotSameAs(first.cluster("changed"));
        assertThat(before.get("same").closed).isFalse();
        assertThat(before.get("changed").closed).isTrue();
        assertThat(before.get("gone").closed).isTrue();
        assertThat(clients.get("changed").closed).isFalse();
        assertThat(scope.counter("cluster_added").value()).isEqualTo(4);
        assertThat(scope.counter("cluster_modified").value()).isEqualTo(1);
        assertThat(scope.counter("cluster_removed").value()).isEqualTo(1);
    }

    @Test
    void aClusterThatCannotBeMadeLeavesNothingBehindAndTheOldOnesAlone() {
        ClusterManager first = manager(null, config("same", 1));
        IdleClient kept = clients.get("same");

        assertThatThrownBy(() -> manager(first, config("same", 1), config("new", 2), config("broken", 3)))
                .hasMessage("broken");

        assertThat(kept.closed).isFalse();
        assertThat(clients.get("new").closed).isTrue();
    }

    @Test
    void closesAll() {
        ClusterManager manager = manager(null, config("a", 1), config("b", 2));
        manager.close();

        assertThat(clients.values()).allMatch(client -> client.closed);
    }
}
