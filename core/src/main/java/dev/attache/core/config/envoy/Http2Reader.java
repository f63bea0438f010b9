package dev.attache.core.config.envoy;

import dev.attache.core.config.Defaults;
import dev.attache.core.config.Http2Config;
import dev.attache.core.config.yaml.Section;
import java.util.Optional;

/** Envoy's {@code Http2ProtocolOptions}, which both directions share. */
final class Http2Reader {

    private static final long LEAST_WINDOW = 65535;

    private Http2Reader() {}

    /** The options; empty, with an error, where they are wrong. */
    static Optional<Http2Config> read(Section section) {
        section.ignore(
                "enable_huffman_encoding",
                "max_metadata_size",
                "override_stream_error_on_invalid_http_message",
                "stream_error_on_invalid_http_messaging",
                "use_oghttp2_codec");
        // One limit of suspect frames in a second stands for the limits of each kind.
        section.withoutEffect(
                "custom_settings_parameters",
                "max_consecutive_inbound_frames_with_empty_payload",
                "max_inbound_priority_frames_per_stream",
                "max_outbound_control_frames",
                "max_outbound_frames");
        section.unservedUnless(false, "allow_metadata");
        Http2Config.Builder http2 = Defaults.ENVOY.http2();
        number(section, "max_concurrent_streams", 1).ifPresent(http2::maxConcurrentStreams);
        number(section, "initial_stream_window_size", LEAST_WINDOW).ifPresent(http2::streamWindow);
        number(section, "initial_connection_window_size", LEAST_WINDOW).ifPresent(http2::connectionWindow);
        number(section, "hpack_table_size", 0).ifPresent(http2::headerTableSize);
        number(section, "max_inbound_window_update_frames_per_data_frame_sent", 1)
                .ifPresent(http2::windowUpdatesPerDataFrame);
        section.bool("allow_connect").ifPresent(http2::extendedConnect);
        section.section("connection_keepalive").ifPresent(keepalive -> keepalive(keepalive, http2));
        return section.make(http2::build);
    }

    private static void keepalive(Section section, Http2Config.Builder http2) {
        section.ignore("interval_jitter");
        section.withoutEffect("connection_idle_interval");
        section.duration("interval").ifPresent(http2::keepaliveInterval);
        section.duration("timeout").ifPresent(http2::keepaliveTimeout);
        section.required("timeout", "a duration");
    }

    private static Optional<Integer> number(Section section, String key, long min) {
        return section.integer(key, min, Integer.MAX_VALUE).map(Long::intValue);
    }
}
