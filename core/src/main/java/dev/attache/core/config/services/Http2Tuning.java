package dev.attache.core.config.services;

import dev.attache.core.config.Http2Config;
import dev.attache.core.config.yaml.Section;
import java.util.Optional;

/** Limits of HTTP/2 connections, which are written alike in the TLS terminator's keys and in the native form. */
final class Http2Tuning {

    private static final long LEAST_WINDOW = 65535;

    private Http2Tuning() {}

    static void read(Section section, Http2Config.Builder http2) {
        number(section, "max_concurrent_streams", 1).ifPresent(http2::maxConcurrentStreams);
        number(section, "initial_stream_window_size", LEAST_WINDOW).ifPresent(http2::streamWindow);
        number(section, "initial_connection_window_size", LEAST_WINDOW).ifPresent(http2::connectionWindow);
    }

    static Optional<Integer> number(Section section, String key, long min) {
        return section.integer(key, min, Integer.MAX_VALUE).map(Long::intValue);
    }
}
