package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import dev.attache.core.config.Address;
import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Request;
import dev.attache.core.stats.Stats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What updates leave behind: nothing. */
@Timeout(120)
class UpdateGrowthTest {

    private static final int UPDATES = 500;

    @TempDir
    private Path folder;

    @Test
    void fiveHundredUpdatesLeaveAsManyMetricsAsOne() throws Exception {
        MetricRegistry registry = new MetricRegistry();
        registry.counter("application.own");
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Stats stats =
                        Stats.reportingTo(registry, config(upstream, "first").stats());
                Attache proxy =
                        Attache.builder(config(upstream, "first")).stats(stats).start()) {
            use(proxy, "first");
            int before = 0;
            for (int i = 0; i < UPDATES; i++) {
                String name = "n" + i;
                proxy.update(config(upstream, name));
                if (i % 20 == 0) {
                    use(proxy, name);
                }
                if (i == 20) {
                    before = registry.getNames().size();
                }
            }
            proxy.update(config(upstream, "first"));
            use(proxy, "first");

            int after = before;
            Waiting.until(() -> registry.getNames().size() <= after);
            assertThat(registry.getNames())
                    .noneMatch(name -> name.matches(".*\\bn\\d+\\b.*"))
                    .contains("application.own", "cluster.stays.upstream_rq_total", "http.shared.downstream_rq_total");
            assertThat(stats.cluster("stays").counter("upstream_rq_total").value())
                    .as("what stays counts on")
                    .isEqualTo(UPDATES / 20 + 2);
        }
        assertThat(registry.getNames()).containsExactly("application.own");
    }

    @Test
    void anUpdateThatFailsLeavesNothingAndShowsNothingOfItsOwn() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = Attache.builder(config(upstream, "first")).start()) {
            use(proxy, "first");
            String before = names(proxy);
            ListenerConfig taken = ListenerConfig.http(
                            Address.loopback(upstream.port()),
                            HttpConfig.forwarding(
                                            "taken", ForwardConfig.to("stays").build())
                                    .build())
                    .name("taken")
                    .build();
            ProxyConfig wrong =
                    config(upstream, "other").toBuilder().listener(taken).build();
            ProxyConfig tight = wrong.toBuilder()
                    .clusters(wrong.clusters().stream()
                            .map(cluster -> cluster.toBuilder()
                                    .circuitBreaker(new CircuitBreakerConfig(0, 0, 0, 0))
                                    .build())
                            .toList())
                    .build();

            assertThatThrownBy(() -> proxy.update(tight)).isInstanceOf(ConfigException.class);

            assertThat(names(proxy)).isEqualTo(before);
            assertThat(Http2Client.stats(proxy.stats())).contains("cluster.stays.circuit_breakers.default.rq_open: 0");
        }
    }

    /** Its last requests are counted where they can be seen. */
    @Test
    void aListenerThatIsGoneIsShownUntilItsLastRequestHasEnded() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    reached.countDown();
                    go.await();
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                    peer.awaitEnd();
                });
                Attache proxy = Attache.builder(config(upstream, "first")).start();
                RawClient client = connect(proxy, "first")) {
            client.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n");
            reached.await();
            proxy.update(config(upstream, "second"));

            assertThat(names(proxy)).contains("http.first.downstream_rq_active: 1");
            go.countDown();
            assertThat(client.readAnswer().status()).isEqualTo(200);
            Waiting.until(() -> !names(proxy).contains("http.first."));
        }
    }

    /** Names of all stats, with the values of those that go down again. */
    private static String names(Attache proxy) {
        try {
            return Http2Client.stats(proxy.stats())
                    .lines()
                    .filter(line -> !line.startsWith("server.") && !line.startsWith("listener_manager."))
                    .map(line -> line.contains("_active: ") ? line : line.replaceAll(":.*", ""))
                    .collect(Collectors.joining("\n"));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static void use(Attache proxy, String name) throws Exception {
        try (RawClient client = connect(proxy, name)) {
            assertThat(Embedded.get(client, "/").status()).isEqualTo(200);
        }
        assertThat(Embedded.call(proxy.service("stays"), Request.get("/")).status())
                .isEqualTo(200);
    }

    private static RawClient connect(Attache proxy, String name) throws IOException {
        return RawClient.connect(proxy.listeners().stream()
                .filter(bound -> bound.config().name().equals(name))
                .findFirst()
                .orElseThrow()
                .addresses()
                .getFirst());
    }

    /** A cluster, a listener and a prefix of a name, and others that stay. */
    private ProxyConfig config(RawUpstream upstream, String name) {
        return ProxyConfig.builder()
                .cluster(cluster("stays", upstream.port()))
                .cluster(cluster(name, upstream.port()))
                .listener(listener(Address.loopback(0), "stays", "shared", "stays"))
                .listener(listener(new Address.Pipe(folder.resolve(name), 0), name, name, name))
                .build();
    }

    private static ClusterConfig cluster(String name, int port) {
        return ClusterConfig.to(name, "127.0.0.1", port)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    private static ListenerConfig listener(Address address, String name, String prefix, String cluster) {
        HttpConfig http =
                HttpConfig.forwarding(prefix, ForwardConfig.to(cluster).build()).build();
        return ListenerConfig.http(address, http).name(name).statPrefix(name).build();
    }
}
