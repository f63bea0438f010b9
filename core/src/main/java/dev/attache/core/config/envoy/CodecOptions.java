package dev.attache.core.config.envoy;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.yaml.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code Http1ProtocolOptions} and {@code Http2ProtocolOptions}, as far as both directions share them. */
final class CodecOptions {

    private static final String PRESERVE_CASE =
            "envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig";

    private CodecOptions() {}

    /** The case of header names; empty where nothing is said. */
    static Optional<HeaderCase> headerCase(Section options) {
        Optional<Section> format = options.section("header_key_format");
        if (format.isEmpty()) {
            return Optional.empty();
        }
        format.get().oneOf("proper_case_words", "stateful_formatter");
        Optional<Section> proper = format.get().section("proper_case_words");
        Optional<HeaderCase> preserve = format.get()
                .section("stateful_formatter")
                .flatMap(formatter -> Extension.read(
                        formatter,
                        List.of(PRESERVE_CASE),
                        Map.of("envoy.http.stateful_header_formatters.preserve_case", PRESERVE_CASE)))
                .map(chosen -> {
                    chosen.config().ignore("forward_reason_phrase", "formatter_type_on_envoy_headers");
                    return HeaderCase.PRESERVE;
                });
        return proper.map(_ -> HeaderCase.PROPER_CASE_WORDS).or(() -> preserve);
    }

    /** Takes what is always so here, or never. */
    static void ignoreHarmless(Section options) {
        options.ignore(
                "allow_absolute_url",
                "override_stream_error_on_invalid_http_message",
                "use_balsa_parser",
                "ignore_http_11_upgrade",
                "allow_custom_methods");
        options.unsupportedUnlessFalse("allow_chunked_length", "send_fully_qualified_url");
    }

    /** Checks the options of HTTP/2; no part of the model holds them. */
    static void http2(Section options) {
        for (String key : List.of(
                "hpack_table_size",
                "max_concurrent_streams",
                "initial_stream_window_size",
                "initial_connection_window_size",
                "max_outbound_frames",
                "max_outbound_control_frames",
                "max_consecutive_inbound_frames_with_empty_payload",
                "max_inbound_priority_frames_per_stream",
                "max_inbound_window_update_frames_per_data_frame_sent")) {
            options.integer(key, 0, 4294967295L);
        }
        options.bool("allow_connect");
        options.bool("allow_metadata");
        options.bool("stream_error_on_invalid_http_messaging");
        options.bool("override_stream_error_on_invalid_http_message");
        options.ignore("custom_settings_parameters", "connection_keepalive", "use_oghttp2_codec", "max_metadata_size");
    }
}
