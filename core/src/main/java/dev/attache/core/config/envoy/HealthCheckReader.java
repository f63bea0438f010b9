package dev.attache.core.config.envoy;

import dev.attache.core.config.HealthCheckConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code HealthCheck}s: connects alone. */
final class HealthCheckReader {

    private static final String EVENT_FILE =
            "envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink";

    private final Context context;

    HealthCheckReader(Context context) {
        this.context = context;
    }

    List<HealthCheckConfig> read(Section cluster) {
        return cluster.sections("health_checks").stream()
                .flatMap(section -> check(section).stream())
                .toList();
    }

    private Optional<HealthCheckConfig> check(Section section) {
        section.ignore("reuse_connection", "always_log_health_check_success", "event_service");
        section.withoutEffect(
                "alt_port",
                "healthy_edge_interval",
                "interval_jitter",
                "interval_jitter_percent",
                "no_traffic_healthy_interval",
                "no_traffic_interval",
                "unhealthy_edge_interval",
                "unhealthy_interval");
        section.unsupported(
                "http_health_check",
                "grpc_health_check",
                "custom_health_check",
                "tls_options",
                "transport_socket_match_criteria");
        if (!section.has("http_health_check")
                && !section.has("grpc_health_check")
                && !section.has("custom_health_check")) {
            section.requiredSection("tcp_health_check").unsupported("send", "receive", "proxy_protocol_config");
        }
        Duration timeout = duration(section, "timeout");
        Duration interval = duration(section, "interval");
        Duration jitter = section.duration("initial_jitter").orElse(Duration.ZERO);
        int unhealthy = threshold(section, "unhealthy_threshold");
        int healthy = threshold(section, "healthy_threshold");
        boolean logAll = section.bool("always_log_health_check_failures", false);
        section.oneOf("event_log_path", "event_logger");
        Optional<Path> log = section.file("event_log_path").or(() -> eventFile(section));
        return section.make(() -> new HealthCheckConfig(timeout, interval, jitter, unhealthy, healthy, logAll, log))
                .map(check -> context.at(section, check));
    }

    private static Duration duration(Section section, String key) {
        return section.required(key, "a duration").flatMap(Value::duration).orElse(Duration.ZERO);
    }

    private static int threshold(Section section, String key) {
        return section.required(key, "1 or more")
                .flatMap(value -> value.integer(1, Integer.MAX_VALUE))
                .orElse(1L)
                .intValue();
    }

    private static Optional<Path> eventFile(Section section) {
        Optional<Path> file = Optional.empty();
        for (Section logger : section.sections("event_logger")) {
            Optional<Path> path = Extension.read(logger, List.of(EVENT_FILE), Map.of())
                    .flatMap(chosen -> chosen.config().required("event_log_path", "a file name"))
                    .flatMap(Value::file);
            file = file.or(() -> path);
        }
        return file;
    }
}
