package dev.attache.core.config.envoy;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.GrpcStatusFilter;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.http.GrpcStatus;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Envoy's {@code AccessLog}s and the filters of responses that they share with local replies. */
final class AccessLogReader {

    private static final String FILE = "envoy.extensions.access_loggers.file.v3.FileAccessLog";
    private static final String STDOUT = "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog";
    private static final String STDERR = "envoy.extensions.access_loggers.stream.v3.StderrAccessLog";
    private static final Map<String, String> NAMES = Map.of(
            "envoy.access_loggers.stdout", STDOUT,
            "envoy.access_loggers.stderr", STDERR);

    private final Context context;

    AccessLogReader(Context context) {
        this.context = context;
    }

    /** The logs under {@code access_log}. */
    List<AccessLogConfig> read(Section owner) {
        return owner.sections("access_log").stream()
                .flatMap(section -> log(section).stream())
                .toList();
    }

    /** A log in Envoy's default format to the file that {@code path} names. */
    Optional<AccessLogConfig> plainFile(Value path) {
        return path.file()
                .map(file -> new AccessLogConfig.Sink.File(context.at(path, file)))
                .map(sink -> context.at(path, new AccessLogConfig(sink, Optional.empty(), Optional.empty())));
    }

    private Optional<AccessLogConfig> log(Section section) {
        Optional<Section> filter = section.section("filter");
        boolean byGrpc = filter.isPresent() && filter.get().has("grpc_status_filter");
        Optional<StatusFilter> status = byGrpc ? Optional.empty() : filter.flatMap(AccessLogReader::filter);
        Optional<GrpcStatusFilter> grpc = byGrpc ? filter.flatMap(AccessLogReader::grpcFilter) : Optional.empty();
        return Extension.read(section, List.of(FILE, STDOUT, STDERR), NAMES)
                .flatMap(chosen -> sink(chosen)
                        .map(sink -> new AccessLogConfig(
                                sink, format(chosen.config(), chosen.type().equals(FILE)), status, grpc)))
                .map(log -> context.at(section, log));
    }

    private Optional<AccessLogConfig.Sink> sink(Extension chosen) {
        return switch (chosen.type()) {
            case STDOUT -> Optional.of(new AccessLogConfig.Sink.Stdout());
            case STDERR -> Optional.of(new AccessLogConfig.Sink.Stderr());
            default -> file(chosen.config());
        };
    }

    private Optional<AccessLogConfig.Sink> file(Section section) {
        Optional<Value> name = section.required("path", "a file name");
        Optional<Path> path = name.flatMap(Value::file);
        return path.map(file -> new AccessLogConfig.Sink.File(context.at(name.orElseThrow(), file)));
    }

    private static Optional<LogFormat> format(Section section, boolean legacy) {
        Optional<LogFormat> format = section.section("log_format").flatMap(LogFormats::read);
        if (!legacy) {
            return format;
        }
        section.oneOf("log_format", "format", "json_format", "typed_json_format");
        return format.or(() -> section.value("format").flatMap(LogFormats::text))
                .or(() -> section.value("json_format").flatMap(value -> LogFormats.json(value, false)))
                .or(() -> section.value("typed_json_format").flatMap(value -> LogFormats.json(value, false)));
    }

    private static Optional<GrpcStatusFilter> grpcFilter(Section section) {
        section.oneOf("grpc_status_filter", "status_code_filter");
        Section filter = section.requiredSection("grpc_status_filter");
        Set<Integer> statuses = new LinkedHashSet<>();
        filter.items("statuses").forEach(item -> item.choice(grpcStatuses()).ifPresent(statuses::add));
        boolean exclude = filter.bool("exclude", false);
        return filter.make(() -> new GrpcStatusFilter(statuses, exclude));
    }

    private static Map<String, Integer> grpcStatuses() {
        Map<String, Integer> statuses = new LinkedHashMap<>();
        for (int status = 0; status <= GrpcStatus.HIGHEST; status++) {
            statuses.put(status == GrpcStatus.CANCELLED ? "CANCELED" : GrpcStatus.snake(status), status);
        }
        return statuses;
    }

    /** An {@code AccessLogFilter}; empty, with an error, where it is no filter by status. */
    static Optional<StatusFilter> filter(Section section) {
        section.unsupported(
                "duration_filter",
                "not_health_check_filter",
                "traceable_filter",
                "runtime_filter",
                "and_filter",
                "or_filter",
                "header_filter",
                "response_flag_filter",
                "grpc_status_filter",
                "extension_filter",
                "metadata_filter",
                "log_type_filter");
        Optional<Section> comparison =
                section.section("status_code_filter").map(it -> it.requiredSection("comparison"));
        if (comparison.isEmpty()) {
            section.required("status_code_filter", "a filter by status");
            return Optional.empty();
        }
        StatusFilter.Op op =
                comparison.get().enumeration("op", StatusFilter.Op.class).orElse(StatusFilter.Op.EQ);
        Section value = comparison.get().requiredSection("value");
        int status = value.integer("default_value", 0, 999).orElse(0L).intValue();
        return Optional.of(new StatusFilter(op, status, value.string("runtime_key", "")));
    }
}
