package dev.attache.core.config.envoy;

import dev.attache.core.config.OverloadConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.yaml.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The limit of connections: of the {@code overload_manager}, else of the runtime key that came before it. */
final class OverloadReader {

    private static final String CONNECTIONS =
            "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig";
    private static final String RUNTIME_KEY = "overload.global_downstream_max_connections";

    private OverloadReader() {}

    static OverloadConfig read(Section bootstrap, RuntimeConfig runtime) {
        Optional<Long> limit = bootstrap.section("overload_manager").flatMap(OverloadReader::monitor);
        return limit.or(() -> RuntimeReader.number(runtime, RUNTIME_KEY))
                .map(OverloadConfig::new)
                .orElse(OverloadConfig.NONE);
    }

    private static Optional<Long> monitor(Section section) {
        section.ignore("refresh_interval");
        section.unsupported("actions", "loadshed_points", "buffer_factory_config");
        Optional<Long> limit = Optional.empty();
        for (Section monitor : section.sections("resource_monitors")) {
            Optional<Long> connections = Extension.read(monitor, List.of(CONNECTIONS), Map.of())
                    .flatMap(chosen -> chosen.config().required("max_active_downstream_connections", "1 or more"))
                    .flatMap(value -> value.integer(1, Long.MAX_VALUE));
            limit = limit.or(() -> connections);
        }
        return limit;
    }
}
