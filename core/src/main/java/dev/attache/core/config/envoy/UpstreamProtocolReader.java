package dev.attache.core.config.envoy;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code HttpProtocolOptions} of a cluster, and the deprecated fields of the cluster that say the same. */
final class UpstreamProtocolReader {

    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private static final String TYPE_URL = "type.googleapis.com/" + HTTP_OPTIONS;

    /** What of the options belongs to TLS. */
    record Protocol(boolean autoSni, boolean autoSanValidation) {}

    /** Reads both forms into {@code builder}; the typed options win, as in Envoy. */
    Protocol read(Section cluster, ClusterConfig.Builder builder) {
        legacy(cluster, builder);
        Optional<Section> extensions = cluster.section("typed_extension_protocol_options");
        Optional<Section> typed = extensions.flatMap(it -> it.section(HTTP_OPTIONS));
        Optional<Section> names = typed.isPresent()
                ? typed.flatMap(options -> options(options, builder))
                : cluster.section("upstream_http_protocol_options");
        return names.map(UpstreamProtocolReader::names).orElse(new Protocol(false, false));
    }

    private static void legacy(Section cluster, ClusterConfig.Builder builder) {
        Map<String, UpstreamProtocol> selections = new LinkedHashMap<>();
        selections.put("USE_CONFIGURED_PROTOCOL", UpstreamProtocol.HTTP1);
        selections.put("USE_DOWNSTREAM_PROTOCOL", UpstreamProtocol.DOWNSTREAM);
        UpstreamProtocol selected =
                cluster.choice("protocol_selection", selections).orElse(UpstreamProtocol.HTTP1);
        Optional<Section> http2 = cluster.section("http2_protocol_options");
        http2.flatMap(Http2Reader::read).ifPresent(builder::http2);
        builder.protocol(http2.isPresent() && selected == UpstreamProtocol.HTTP1 ? UpstreamProtocol.HTTP2 : selected);
        cluster.section("http_protocol_options").ifPresent(options -> http1(options, builder));
        cluster.section("common_http_protocol_options").ifPresent(options -> common(options, builder));
        cluster.integer("max_requests_per_connection", 0, 4294967295L).ifPresent(builder::maxRequestsPerConnection);
    }

    /** Reads the typed options; answers the section with the names for TLS. */
    private static Optional<Section> options(Section section, ClusterConfig.Builder builder) {
        Optional<Value> type = section.required("@type", TYPE_URL);
        if (type.isPresent() && !type.get().string().orElse(TYPE_URL).equals(TYPE_URL)) {
            type.get().error(TYPE_URL);
        }
        section.ignore("header_validation_config");
        section.unsupported("http_filters", "outlier_detection", "retry_policy", "request_mirror_policies");
        section.section("common_http_protocol_options").ifPresent(options -> common(options, builder));
        Optional<String> kind = section.oneOf("explicit_http_config", "use_downstream_protocol_config", "auto_config");
        section.section("explicit_http_config").ifPresent(options -> explicit(options, builder));
        section.section("use_downstream_protocol_config")
                .ifPresent(options -> both(options, builder, UpstreamProtocol.DOWNSTREAM));
        section.section("auto_config").ifPresent(options -> both(options, builder, UpstreamProtocol.AUTO));
        if (kind.isEmpty() && !section.faulty("@type")) {
            section.error("no protocol", "explicit_http_config, use_downstream_protocol_config or auto_config");
        }
        return section.section("upstream_http_protocol_options");
    }

    private static void explicit(Section section, ClusterConfig.Builder builder) {
        section.unsupported("http3_protocol_options");
        Optional<String> kind = section.oneOf("http_protocol_options", "http2_protocol_options");
        section.section("http_protocol_options").ifPresent(options -> http1(options, builder));
        section.section("http2_protocol_options").flatMap(Http2Reader::read).ifPresent(builder::http2);
        boolean http2 = kind.equals(Optional.of("http2_protocol_options"));
        builder.protocol(http2 ? UpstreamProtocol.HTTP2 : UpstreamProtocol.HTTP1);
    }

    private static void both(Section section, ClusterConfig.Builder builder, UpstreamProtocol protocol) {
        section.unsupported("http3_protocol_options", "alternate_protocols_cache_options");
        section.section("http_protocol_options").ifPresent(options -> http1(options, builder));
        section.section("http2_protocol_options").flatMap(Http2Reader::read).ifPresent(builder::http2);
        builder.protocol(protocol);
    }

    private static void http1(Section section, ClusterConfig.Builder builder) {
        CodecOptions.ignoreHarmless(section);
        section.ignore("accept_http_10", "default_host_for_http_10");
        section.bool("enable_trailers").ifPresent(builder::enableTrailers);
        CodecOptions.headerCase(section).ifPresent(builder::headerCase);
    }

    private static void common(Section section, ClusterConfig.Builder builder) {
        section.ignore("headers_with_underscores_action");
        section.unserved("max_connection_duration");
        section.unsupported("max_stream_duration");
        section.duration("idle_timeout").ifPresent(builder::idleTimeout);
        section.integer("max_requests_per_connection", 0, 4294967295L).ifPresent(builder::maxRequestsPerConnection);
        section.integer("max_headers_count", 1, 100).ifPresent(count -> builder.maxHeadersCount(count.intValue()));
        section.integer("max_response_headers_kb", 1, 60)
                .ifPresent(size -> builder.maxResponseHeadersKb(size.intValue()));
    }

    private static Protocol names(Section section) {
        section.unsupported("override_auto_sni_header");
        return new Protocol(section.bool("auto_sni", false), section.bool("auto_san_validation", false));
    }
}
