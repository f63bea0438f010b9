package dev.attache.core.stats;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import dev.attache.core.config.Address;
import dev.attache.core.config.StatsConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GraphiteTest {

    private static StatsConfig config(int port, Duration interval) {
        return new StatsConfig(
                List.of(),
                Optional.of(
                        new StatsConfig.Graphite(new Address.Socket("127.0.0.1", port), "attache.host1", interval)));
    }

    private static List<String> report(ServerSocket server) throws IOException {
        try (Socket connection = server.accept();
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            return in.lines().toList();
        }
    }

    private static ServerSocket server(int port) throws IOException {
        return new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
    }

    @Test
    void reportsOurStatsAgainAndAgainAndLeavesThoseOfTheHostOut() throws IOException {
        MetricRegistry registry = new MetricRegistry();
        registry.counter("host.own").inc();
        try (ServerSocket server = server(0);
                Stats stats = Stats.reportingTo(registry, config(server.getLocalPort(), Duration.ofMillis(20)))) {
            stats.cluster("a").counter("upstream_rq_total").add(42);
            stats.cluster("a").gauge("upstream_rq_active").set(7);
            stats.cluster("a").histogram("upstream_rq_time").recordNanos(3_000_000);

            report(server);
            List<String> second = report(server);

            assertThat(second)
                    .anyMatch(line -> line.matches("attache\\.host1\\.cluster\\.a\\.upstream_rq_total\\.count 42 \\d+"))
                    .anyMatch(line -> line.matches("attache\\.host1\\.cluster\\.a\\.upstream_rq_active 7 \\d+"))
                    .anyMatch(line -> line.matches("attache\\.host1\\.cluster\\.a\\.upstream_rq_time\\.max 3 \\d+"))
                    .noneMatch(line -> line.contains("host.own"));
        }
    }

    @Test
    void countsReportsThatFailAndGoesOnWhenTheServerIsBack() throws Exception {
        Socket bound = new Socket(); // Nobody listens there, and nobody else gets the port.
        bound.bind(new InetSocketAddress("127.0.0.1", 0));
        int port = bound.getLocalPort();
        try (Stats stats = Stats.create(config(port, Duration.ofMillis(5)))) {
            Counter failures = stats.scope("graphite").counter("report_failed");
            while (failures.value() < 3) {
                Thread.onSpinWait();
            }

            bound.close();
            try (ServerSocket server = server(port)) {
                assertThat(report(server)).anyMatch(line -> line.contains("graphite.report_failed.count"));
            }
        }
    }

    @Test
    void closesWithoutWaitingForAServerThatDoesNotRead() throws Exception {
        try (ServerSocket deaf = server(0)) {
            Stats stats = Stats.create(config(deaf.getLocalPort(), Duration.ofMillis(5)));
            StatScope scope = stats.cluster("a-cluster-with-a-rather-long-name-that-fills-the-socket-buffers");
            for (int i = 0; i < 100_000; i++) {
                scope.counter("counter_" + i);
            }
            Socket connection = deaf.accept();

            List<Thread> reporters = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("attache-graphite"))
                    .toList();
            stats.close();

            for (Thread reporter : reporters) {
                assertThat(reporter.join(Duration.ofSeconds(50))).isTrue();
            }
            connection.close();
        }
    }
}
