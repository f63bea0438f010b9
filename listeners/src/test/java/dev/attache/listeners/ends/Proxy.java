package dev.attache.listeners.ends;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import dev.attache.core.upstream.Limits;
import dev.attache.listeners.Attache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A proxy with one listener in front of one upstream; its paths below {@code /limited} have the limits of a test. */
final class Proxy implements AutoCloseable {

    /** What a line of the access log says, with blanks between. */
    private static final String LINE =
            "%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_SENT%\n";

    private static final List<String> GAUGES = List.of(
            "http.front.downstream_rq_active",
            "http.front.downstream_cx_active",
            "cluster.up.upstream_rq_active",
            "cluster.up.upstream_rq_pending_active",
            "cluster.up.upstream_cx_active");

    private final Attache attache;
    private final Path log;

    private Proxy(Attache attache, Path log) {
        this.attache = attache;
        this.log = log;
    }

    /** What a test changes. */
    static final class Settings {
        UnaryOperator<HttpConfig.Builder> http = http -> http;
        UnaryOperator<ForwardConfig.Builder> limited = forward -> forward;
        UnaryOperator<ClusterConfig.Builder> cluster = cluster -> cluster;
    }

    static Proxy start(int upstream, boolean http2, Path log, Settings settings) throws IOException {
        ForwardConfig.Builder unlimited =
                ForwardConfig.to("up").timeout(Duration.ZERO).idleTimeout(Duration.ZERO);
        ForwardConfig.Builder limited =
                ForwardConfig.to("up").timeout(Duration.ZERO).idleTimeout(Duration.ZERO);
        List<RouteConfig> routes = List.of(
                RouteConfig.builder(
                                RouteMatch.prefix("/limited"),
                                settings.limited.apply(limited).build())
                        .build(),
                RouteConfig.builder(RouteMatch.prefix("/"), unlimited.build()).build());
        HttpConfig.Builder http = HttpConfig.builder("front", RouteTableConfig.of("front", routes))
                .accessLogs(List.of(new AccessLogConfig(
                        new AccessLogConfig.Sink.File(log),
                        Optional.of(new LogFormat.Text(LINE, false)),
                        Optional.empty())));
        ClusterConfig.Builder cluster = ClusterConfig.to("up", "127.0.0.1", upstream)
                .protocol(http2 ? UpstreamProtocol.HTTP2 : UpstreamProtocol.HTTP1)
                .connectTimeout(Duration.ofSeconds(20));
        ProxyConfig config = ProxyConfig.builder()
                .cluster(settings.cluster.apply(cluster).build())
                .listener(ListenerConfig.http(
                                Address.loopback(0), settings.http.apply(http).build())
                        .build())
                .build();
        return new Proxy(Attache.builder(config).start(), log);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) attache.listeners().getFirst().addresses().getFirst();
    }

    /** Whatever of requests in progress is still counted; empty where nothing is. */
    String inProgress() {
        StringBuilder left = new StringBuilder();
        String stats = stats();
        for (String gauge : GAUGES) {
            stats.lines()
                    .filter(line -> line.startsWith(gauge + ": ") && !line.endsWith(": 0"))
                    .forEach(line -> left.append(line).append(' '));
        }
        Limits limits = attache.clusters().iterator().next().limits(false);
        permits(left, "requests", limits.requests());
        permits(left, "pending", limits.pending());
        permits(left, "connections", limits.connections());
        permits(left, "retries", limits.retries());
        return left.toString();
    }

    private static void permits(StringBuilder left, String name, Limits.Limit limit) {
        if (limit.used() != 0) {
            left.append(name).append(" permits: ").append(limit.used()).append(' ');
        }
    }

    /** The value of a stat as text; empty where there is none. */
    String stat(String name) {
        return stats().lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    /** The sum of all stats whose last word this is. */
    long counted(String word) {
        return stats().lines()
                .filter(line -> line.contains("." + word + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String stats() {
        StringBuilder text = new StringBuilder();
        try {
            TextStats.write(attache.stats(), StatsFilter.ALL, text);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return text.toString();
    }

    /** The lines of the access log; complete once the proxy is closed. */
    List<String> lines() {
        try {
            return Files.readAllLines(log);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() {
        attache.close();
    }
}
