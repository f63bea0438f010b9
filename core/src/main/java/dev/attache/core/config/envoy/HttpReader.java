package dev.attache.core.config.envoy;

import dev.attache.core.config.CodecType;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.EscapedSlashes;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.InternalAddressConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Envoy's {@code HttpConnectionManager}. */
final class HttpReader {

    private static final String UUID_REQUEST_ID = "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig";

    private final Context context;
    private final RouteTableReader routeTables;
    private final HttpFilterReader filters;
    private final AccessLogReader accessLogs;

    HttpReader(Context context) {
        this.context = context;
        this.routeTables = new RouteTableReader(context);
        this.filters = new HttpFilterReader(context);
        this.accessLogs = new AccessLogReader(context);
    }

    Optional<HttpConfig> read(Section section) {
        refuseWhatIsNotServed(section);
        String statPrefix = section.requiredString("stat_prefix");
        RouteTableConfig routes =
                section.section("route_config").map(routeTables::read).orElseGet(() -> withoutRoutes(section));
        HttpConfig.Builder builder = Defaults.ENVOY.http(statPrefix, routes).accessLogs(accessLogs.read(section));
        filters.read(section, builder);
        section.enumeration("codec_type", CodecType.class).ifPresent(builder::codec);
        identity(section, builder);
        paths(section, builder);
        connection(section, builder);
        timeouts(section, builder);
        builder.upgrades(upgrades(section));
        section.section("local_reply_config").map(LocalReplyReader::read).ifPresent(builder::localReplies);
        section.section("tracing")
                .flatMap(tracing -> TracingReader.read(context, tracing))
                .ifPresent(builder::tracing);
        return section.make(builder::build).map(http -> context.at(section, http));
    }

    private static void refuseWhatIsNotServed(Section section) {
        section.ignore(
                "add_proxy_protocol_connection_state", "append_local_overload", "http1_safe_max_connection_duration");
        section.unserved("typed_header_validation_config");
        section.withoutEffect(
                "access_log_flush_interval",
                "access_log_options",
                "flush_access_log_on_new_request",
                "http3_protocol_options",
                "stream_error_on_invalid_http_message",
                "stream_flush_timeout");
        section.unsupported(
                "rds",
                "scoped_routes",
                "early_header_mutation_extensions",
                "original_ip_detection_extensions",
                "path_normalization_options",
                "proxy_status_config",
                "forward_proto_config",
                "http_filters_with_upgrade");
        section.unsupportedUnlessFalse(
                "add_user_agent",
                "proxy_100_continue",
                "represent_ipv4_remote_address_as_ipv4_mapped_ipv6",
                "strip_trailing_host_dot");
    }

    private static RouteTableConfig withoutRoutes(Section section) {
        if (!section.has("rds") && !section.has("scoped_routes")) {
            section.required("route_config", "a route_config");
        }
        return RouteTableConfig.builder().build();
    }

    private static void identity(Section section, HttpConfig.Builder builder) {
        section.string("server_name").filter(name -> !name.isEmpty()).ifPresent(builder::serverName);
        section.enumeration("server_header_transformation", ServerHeader.class).ifPresent(builder::serverHeader);
        section.string("via").ifPresent(builder::via);
        flag(section, "generate_request_id", builder::generateRequestId);
        flag(section, "preserve_external_request_id", builder::preserveExternalRequestId);
        flag(section, "always_set_request_id_in_response", builder::alwaysSetRequestIdInResponse);
        flag(section, "use_remote_address", builder::useRemoteAddress);
        flag(section, "skip_xff_append", builder::skipXffAppend);
        flag(section, "append_x_forwarded_port", builder::appendXForwardedPort);
        section.integer("xff_num_trusted_hops", 0, Integer.MAX_VALUE)
                .ifPresent(hops -> builder.xffTrustedHops(hops.intValue()));
        section.section("scheme_header_transformation").ifPresent(scheme -> {
            scheme.unsupportedUnlessFalse("match_upstream");
            scheme.choice("scheme_to_overwrite", Map.of("HTTP", "http", "HTTPS", "https"))
                    .ifPresent(builder::scheme);
        });
        builder.clientCertHeader(ClientCertReader.read(section));
        section.section("internal_address_config").map(HttpReader::internal).ifPresent(builder::internalAddresses);
        section.section("request_id_extension")
                .flatMap(extension -> Extension.read(extension, List.of(UUID_REQUEST_ID), Map.of()))
                .ifPresent(chosen -> chosen.config().ignore("pack_trace_reason", "use_request_id_for_trace_sampling"));
    }

    private static InternalAddressConfig internal(Section section) {
        List<String> ranges = new ArrayList<>();
        for (Section range : section.sections("cidr_ranges")) {
            Optional<Value> address = range.required("address_prefix", "an IP address");
            boolean v6 = address.flatMap(Value::string).orElse("").contains(":");
            Optional<Long> length = range.integer("prefix_len", 0, v6 ? 128 : 32);
            address.flatMap(Value::string).ifPresent(text -> {
                if (isIpAddress(text)) {
                    ranges.add(text + "/" + length.orElse(0L));
                } else {
                    address.get().error("an IP address");
                }
            });
        }
        return new InternalAddressConfig(section.bool("unix_sockets", false), ranges);
    }

    /** By form alone: nothing here may ask DNS. */
    private static boolean isIpAddress(String text) {
        return text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") || (text.contains(":") && text.matches("[0-9a-fA-F:.]+"));
    }

    private static void paths(Section section, HttpConfig.Builder builder) {
        flag(section, "normalize_path", builder::normalizePath);
        flag(section, "merge_slashes", builder::mergeSlashes);
        flag(section, "strip_matching_host_port", builder::stripMatchingHostPort);
        flag(section, "strip_any_host_port", builder::stripAnyHostPort);
        Map<String, EscapedSlashes> actions = new LinkedHashMap<>();
        actions.put("IMPLEMENTATION_SPECIFIC_DEFAULT", EscapedSlashes.KEEP_UNCHANGED);
        for (EscapedSlashes action : EscapedSlashes.values()) {
            actions.put(action.name(), action);
        }
        section.choice("path_with_escaped_slashes_action", actions).ifPresent(builder::escapedSlashes);
    }

    private static void connection(Section section, HttpConfig.Builder builder) {
        Optional<Section> http1 = section.section("http_protocol_options");
        http1.ifPresent(options -> {
            CodecOptions.ignoreHarmless(options);
            flag(options, "accept_http_10", builder::acceptHttp10);
            options.string("default_host_for_http_10").ifPresent(builder::defaultHostForHttp10);
            flag(options, "enable_trailers", builder::enableTrailers);
            builder.headerCase(CodecOptions.headerCase(options).orElse(HeaderCase.LOWER));
        });
        section.section("http2_protocol_options").flatMap(Http2Reader::read).ifPresent(builder::http2);
        section.integer("max_request_headers_kb", 1, 60)
                .ifPresent(size -> builder.maxRequestHeadersKb(size.intValue()));
        Optional<Section> common = section.section("common_http_protocol_options");
        common.ifPresent(options -> {
            options.unsupported("max_response_headers_kb");
            options.integer("max_headers_count", 1, 100).ifPresent(count -> builder.maxHeadersCount(count.intValue()));
            options.integer("max_requests_per_connection", 0, 4294967295L).ifPresent(builder::maxRequestsPerConnection);
            options.enumeration("headers_with_underscores_action", UnderscoresInHeaders.class)
                    .ifPresent(builder::underscores);
            options.duration("idle_timeout").ifPresent(builder::idleTimeout);
            options.duration("max_stream_duration").ifPresent(builder::maxStreamDuration);
            options.duration("max_connection_duration").ifPresent(builder::maxConnectionDuration);
        });
    }

    private static void timeouts(Section section, HttpConfig.Builder builder) {
        section.duration("stream_idle_timeout").ifPresent(builder::streamIdleTimeout);
        section.duration("request_timeout").ifPresent(builder::requestTimeout);
        section.duration("request_headers_timeout").ifPresent(builder::requestHeadersTimeout);
        section.warning("drain_timeout", "has no effect: drains are not gradual yet");
        section.duration("drain_timeout").ifPresent(builder::drainTimeout);
        section.duration("delayed_close_timeout").ifPresent(builder::delayedCloseTimeout);
    }

    private static Set<String> upgrades(Section section) {
        Set<String> types = new LinkedHashSet<>();
        ForwardReader.upgrades(section).forEach((type, enabled) -> {
            if (enabled) {
                types.add(type);
            }
        });
        return types;
    }

    private static void flag(Section section, String key, Consumer<Boolean> set) {
        section.bool(key).ifPresent(set);
    }
}
