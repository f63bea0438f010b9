package dev.attache.core.config.envoy;

import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The {@code http_filters} of an HTTP connection manager, chosen by the type of their messages. */
final class HttpFilterReader {

    /** A filter of the host application; the entry's name is the name under which its factory is registered. */
    static final String HOST_FILTER = "dev.attache.filters.http.v1.HostFilter";

    private static final String ROUTER = "envoy.extensions.filters.http.router.v3.Router";
    private static final String FAULT = "envoy.extensions.filters.http.fault.v3.HTTPFault";
    private static final String RATE_LIMIT = "envoy.extensions.filters.http.ratelimit.v3.RateLimit";
    private static final String GRPC_STATS = "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig";
    private static final List<String> TYPES = List.of(ROUTER, FAULT, RATE_LIMIT, GRPC_STATS, HOST_FILTER);
    private static final Map<String, String> NAMES =
            Map.of("envoy.filters.http.router", ROUTER, "envoy.router", ROUTER);
    private static final Duration RATE_LIMIT_TIMEOUT = Duration.ofMillis(20);

    private final Context context;

    HttpFilterReader(Context context) {
        this.context = context;
    }

    /** The filters, and what the router says, which has to be the last and is none of them. */
    void read(Section owner, HttpConfig.Builder http) {
        List<FilterConfig> filters = new ArrayList<>();
        List<Section> sections = owner.sections("http_filters");
        int routers = 0;
        for (Section section : sections) {
            section.ignore("is_optional");
            section.unsupported("config_discovery");
            boolean disabled = section.bool("disabled", false);
            Optional<Extension> chosen = Extension.read(section, TYPES, NAMES);
            if (chosen.isPresent() && chosen.get().type().equals(ROUTER)) {
                router(chosen.get().config(), http);
                routers++;
                if (section != sections.getLast()) {
                    section.error("the router before other filters", "the router as the last filter");
                }
                continue;
            }
            Optional<FilterConfig> filter = chosen.flatMap(it -> filter(section, it));
            if (!disabled) {
                filter.ifPresent(it -> filters.add(context.at(section, it)));
            }
        }
        if (routers == 0) {
            owner.consequence(
                    "http_filters", "no router", "envoy.filters.http.router as the last filter", "http_filters");
        }
        http.filters(filters);
    }

    private static Optional<FilterConfig> filter(Section section, Extension chosen) {
        return switch (chosen.type()) {
            case FAULT -> fault(chosen.config());
            case RATE_LIMIT -> rateLimit(chosen.config());
            case GRPC_STATS -> Optional.of(grpcStats(chosen.config()));
            default -> Optional.of(new FilterConfig.Extension(section.requiredString("name")));
        };
    }

    private static void router(Section section, HttpConfig.Builder http) {
        http.suppressEnvoyHeaders(section.bool("suppress_envoy_headers", false));
        section.ignore("dynamic_stats", "suppress_grpc_request_failure_code_stats");
        section.unsupported("upstream_log", "upstream_log_options", "strict_check_headers", "upstream_http_filters");
        section.unsupportedUnlessFalse(
                "start_child_span", "respect_expected_rq_timeout", "reject_connect_request_early_data");
    }

    private static Optional<FilterConfig> fault(Section section) {
        section.ignore("disable_downstream_cluster_stats", "filter_metadata");
        section.unsupported("delay", "response_rate_limit", "upstream_cluster", "headers", "downstream_nodes");
        long maxActive = section.integer("max_active_faults", 0, 4294967295L).orElse(0L);
        String key = section.string("abort_percent_runtime", "fault.http.abort.abort_percent");
        Optional<Section> abort = section.section("abort");
        if (abort.isEmpty()) {
            return Optional.empty();
        }
        abort.get().unsupported("grpc_status", "header_abort");
        Optional<Long> status =
                abort.get().required("http_status", "200 to 599").flatMap(value -> value.integer(200, 599));
        Section percentage = abort.get().requiredSection("percentage");
        return status.flatMap(code -> percentage.make(
                () -> new FilterConfig.Fault(code.intValue(), RouteMatchReader.percent(percentage, key), maxActive)));
    }

    private static Optional<FilterConfig> rateLimit(Section section) {
        section.integer("stage", 0, 0);
        section.choice("request_type", Map.of("BOTH", true, "", true));
        section.unsupported(
                "rate_limited_status",
                "response_headers_to_add",
                "status_on_error",
                "stat_prefix",
                "filter_enabled",
                "filter_enforced",
                "failure_mode_deny_percent",
                "rate_limits");
        section.unsupportedUnlessFalse("disable_x_envoy_ratelimited_header");
        String domain = section.requiredString("domain");
        Section service = section.requiredSection("rate_limit_service");
        service.ignore("transport_api_version");
        Optional<Value> cluster = GrpcServices.cluster(service);
        Map<String, Boolean> headers = new LinkedHashMap<>();
        headers.put("OFF", false);
        headers.put("DRAFT_VERSION_03", true);
        boolean sendsHeaders =
                section.choice("enable_x_ratelimit_headers", headers).orElse(false);
        Duration timeout = section.duration("timeout").orElse(RATE_LIMIT_TIMEOUT);
        boolean deny = section.bool("failure_mode_deny", false);
        boolean exhausted = section.bool("rate_limited_as_resource_exhausted", false);
        return cluster.flatMap(Value::string)
                .map(name -> new FilterConfig.RateLimit(domain, name, timeout, deny, exhausted, sendsHeaders));
    }

    private static FilterConfig grpcStats(Section section) {
        section.withoutEffect("emit_filter_state");
        section.oneOf("individual_method_stats_allowlist", "stats_for_all_methods");
        Map<String, Set<String>> methods = new LinkedHashMap<>();
        section.section("individual_method_stats_allowlist").ifPresent(list -> {
            for (Section service : list.sections("services")) {
                methods.put(service.requiredString("name"), Set.copyOf(service.strings("method_names")));
            }
        });
        boolean all = section.bool("stats_for_all_methods", false);
        boolean time = section.bool("enable_upstream_stats", false);
        return new FilterConfig.GrpcStats(all, methods, time, section.bool("replace_dots_in_grpc_service_name", false));
    }
}
