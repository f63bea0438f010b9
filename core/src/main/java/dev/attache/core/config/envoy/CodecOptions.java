package dev.attache.core.config.envoy;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.yaml.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code Http1ProtocolOptions}, as far as both directions share them. */
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
        options.ignore("override_stream_error_on_invalid_http_message", "use_balsa_parser", "allow_custom_methods");
        options.unservedUnless(true, "allow_absolute_url");
        options.unserved("ignore_http_11_upgrade");
        options.unsupportedUnlessFalse("allow_chunked_length", "send_fully_qualified_url");
    }
}
