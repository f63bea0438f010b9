package dev.attache.core.config;

import java.time.Duration;

/**
 * Limits and habits of an HTTP/2 connection (RFC 9113), on either side.
 *
 * @param maxConcurrentStreams streams that the peer may have open, 1 to 2147483647; default 100
 * @param streamWindow bytes that the peer may send on a stream before they are taken, 65535 to 2147483647; default
 *         65536
 * @param connectionWindow the same for the whole connection; default 1 MiB
 * @param headerTableSize bytes of the HPACK table that the peer may use; default 4096
 * @param maxEventsPerSecond suspect frames (resets, empty frames, pings, settings and the like) in a second above which
 *         the connection is closed with ENHANCE_YOUR_CALM; 0 is off; default 128
 * @param windowUpdatesPerDataFrame WINDOW_UPDATE frames that the peer may send for each DATA frame it was sent, times two,
 *         above which the connection is closed with ENHANCE_YOUR_CALM; 0 is off; default 10, as Envoy's
 *         max_inbound_window_update_frames_per_data_frame_sent
 * @param extendedConnect takes extended CONNECT (RFC 8441), which carries WebSocket; default true in the native form
 * @param keepaliveInterval time between PINGs; zero is off, the default
 * @param keepaliveTimeout wait for the answer to a PING; default 10 s
 */
public record Http2Config(
        int maxConcurrentStreams,
        int streamWindow,
        int connectionWindow,
        int headerTableSize,
        int maxEventsPerSecond,
        int windowUpdatesPerDataFrame,
        boolean extendedConnect,
        Duration keepaliveInterval,
        Duration keepaliveTimeout) {

    private static final int LEAST_WINDOW = 65535;

    /** The defaults of the native form. */
    public static final Http2Config DEFAULT = builder().build();

    public Http2Config {
        Checks.range("max_concurrent_streams", maxConcurrentStreams, 1, Integer.MAX_VALUE);
        Checks.range("initial_stream_window_size", streamWindow, LEAST_WINDOW, Integer.MAX_VALUE);
        Checks.range("initial_connection_window_size", connectionWindow, LEAST_WINDOW, Integer.MAX_VALUE);
        Checks.range("hpack_table_size", headerTableSize, 0, 65536);
        Checks.range("max_events_per_second", maxEventsPerSecond, 0, Integer.MAX_VALUE);
        Checks.range(
                "max_inbound_window_update_frames_per_data_frame_sent",
                windowUpdatesPerDataFrame,
                0,
                Integer.MAX_VALUE);
        Checks.notNegative("connection_keepalive.interval", keepaliveInterval);
        Checks.notNegative("connection_keepalive.timeout", keepaliveTimeout);
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        return new Builder()
                .maxConcurrentStreams(maxConcurrentStreams)
                .streamWindow(streamWindow)
                .connectionWindow(connectionWindow)
                .headerTableSize(headerTableSize)
                .maxEventsPerSecond(maxEventsPerSecond)
                .windowUpdatesPerDataFrame(windowUpdatesPerDataFrame)
                .extendedConnect(extendedConnect)
                .keepaliveInterval(keepaliveInterval)
                .keepaliveTimeout(keepaliveTimeout);
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private int maxConcurrentStreams = 100;
        private int streamWindow = 65536;
        private int connectionWindow = 1048576;
        private int headerTableSize = 4096;
        private int maxEventsPerSecond = 128;
        private int windowUpdatesPerDataFrame = 10;
        private boolean extendedConnect = true;
        private Duration keepaliveInterval = Duration.ZERO;
        private Duration keepaliveTimeout = Duration.ofSeconds(10);

        private Builder() {}

        public Builder maxConcurrentStreams(int value) {
            this.maxConcurrentStreams = value;
            return this;
        }

        public Builder streamWindow(int value) {
            this.streamWindow = value;
            return this;
        }

        public Builder connectionWindow(int value) {
            this.connectionWindow = value;
            return this;
        }

        public Builder headerTableSize(int value) {
            this.headerTableSize = value;
            return this;
        }

        public Builder maxEventsPerSecond(int value) {
            this.maxEventsPerSecond = value;
            return this;
        }

        public Builder windowUpdatesPerDataFrame(int value) {
            this.windowUpdatesPerDataFrame = value;
            return this;
        }

        public Builder extendedConnect(boolean value) {
            this.extendedConnect = value;
            return this;
        }

        public Builder keepaliveInterval(Duration value) {
            this.keepaliveInterval = value;
            return this;
        }

        public Builder keepaliveTimeout(Duration value) {
            this.keepaliveTimeout = value;
            return this;
        }

        public Http2Config build() {
            return new Http2Config(
                    maxConcurrentStreams,
                    streamWindow,
                    connectionWindow,
                    headerTableSize,
                    maxEventsPerSecond,
                    windowUpdatesPerDataFrame,
                    extendedConnect,
                    keepaliveInterval,
                    keepaliveTimeout);
        }
    }
}
