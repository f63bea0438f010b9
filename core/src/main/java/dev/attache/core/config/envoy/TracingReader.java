package dev.attache.core.config.envoy;

import dev.attache.core.config.TracingConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code tracing} of an HTTP connection manager. */
final class TracingReader {

    private static final String OPEN_TELEMETRY = "envoy.config.trace.v3.OpenTelemetryConfig";

    private TracingReader() {}

    static Optional<TracingConfig> read(Context context, Section section) {
        section.ignore("max_path_tag_length", "verbose", "spawn_upstream_span");
        section.withoutEffect("client_sampling", "overall_sampling", "custom_tags");
        double sampling = section.section("random_sampling")
                .flatMap(percent -> percent.decimal("value", 0, 100))
                .orElse(100.0);
        Optional<Extension> provider = section.required("provider", "a provider of traces")
                .map(Value::section)
                .flatMap(it -> Extension.read(it, List.of(OPEN_TELEMETRY), Map.of()));
        if (provider.isEmpty()) {
            return Optional.empty();
        }
        Section config = provider.get().config();
        config.ignore("max_cache_size", "resource_detectors");
        config.unsupported("http_service", "sampler");
        Optional<Value> cluster = GrpcServices.cluster(config);
        Duration timeout = config.section("grpc_service")
                .flatMap(service -> service.duration("timeout"))
                .orElse(Duration.ZERO);
        String serviceName = config.string("service_name", "");
        return cluster.flatMap(Value::string)
                .flatMap(name -> section.make(() -> new TracingConfig(name, timeout, serviceName, sampling)))
                .map(tracing -> context.at(section, tracing));
    }
}
