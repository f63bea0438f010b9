package dev.attache.core.stats;

import com.codahale.metrics.MetricFilter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.graphite.GraphiteReporter;
import dev.attache.core.config.StatsConfig;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Reports stats to a Graphite server, on a thread of its own, until it is closed. */
final class GraphiteSink implements AutoCloseable {

    private final GraphiteConnection connection;
    private final GraphiteReporter reporter;

    private GraphiteSink(GraphiteConnection connection, GraphiteReporter reporter) {
        this.connection = connection;
        this.reporter = reporter;
    }

    /** Reports first after one interval. */
    static GraphiteSink start(
            StatsConfig.Graphite config, MetricRegistry registry, MetricFilter filter, Counter failures) {
        GraphiteConnection connection = new GraphiteConnection(config.address(), failures);
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("attache-graphite").factory());
        GraphiteReporter reporter = GraphiteReporter.forRegistry(registry)
                .prefixedWith(config.prefix().isEmpty() ? null : config.prefix())
                .filter(filter)
                .scheduleOn(thread)
                .shutdownExecutorOnStop(true)
                .build(connection);
        reporter.start(config.interval().toMillis(), TimeUnit.MILLISECONDS);
        return new GraphiteSink(connection, reporter);
    }

    /** Without a last report: it could wait for a server that does not answer. */
    @Override
    public void close() {
        connection.shutdown();
        reporter.stop();
    }
}
