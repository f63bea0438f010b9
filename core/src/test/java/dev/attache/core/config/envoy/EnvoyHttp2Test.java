package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Defaults;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.Http2Config;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 and upgrades, as a bootstrap says them of listeners, clusters and routes. */
class EnvoyHttp2Test {

    private static final String OPTIONS = "{max_concurrent_streams: 7, initial_stream_window_size: 65535, "
            + "initial_connection_window_size: 2147483647, hpack_table_size: 0, allow_connect: true, "
            + "connection_keepalive: {interval: 30s, timeout: 5s, interval_jitter: {value: 15}}}";
    private static final Http2Config READ = Http2Config.builder()
            .maxConcurrentStreams(7)
            .streamWindow(65535)
            .connectionWindow(Integer.MAX_VALUE)
            .headerTableSize(0)
            .extendedConnect(true)
            .keepaliveInterval(Duration.ofSeconds(30))
            .keepaliveTimeout(Duration.ofSeconds(5))
            .build();

    @Test
    void readsTheOptionsOfAListener() {
        Bootstraps.Outcome outcome =
                Bootstraps.read(Bootstraps.withHttp("route_config: {}\nhttp2_protocol_options: " + OPTIONS));

        assertThat(outcome.told()).isEmpty();
        assertThat(http(outcome).http2()).isEqualTo(READ);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http2_protocol_options: %s",
                "typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions:"
                        + " {\"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,"
                        + " explicit_http_config: {http2_protocol_options: %s}}}",
                "typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions:"
                        + " {\"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,"
                        + " auto_config: {http2_protocol_options: %s}}}"
            })
    void readsTheOptionsOfAClusterInEachForm(String members) {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withCluster(members.formatted(OPTIONS)));

        assertThat(outcome.told()).isEmpty();
        assertThat(outcome.config().clusters().getFirst().http2()).isEqualTo(READ);
    }

    @Test
    void takesNoExtendedConnectUnlessItIsTold() {
        Http2Config http2 =
                http(Bootstraps.read(Bootstraps.withHttp("route_config: {}"))).http2();

        assertThat(http2.extendedConnect()).isFalse();
        assertThat(http2).isEqualTo(Defaults.ENVOY.http2().build());
        assertThat(http2.maxConcurrentStreams()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "initial_stream_window_size: 65534 | .initial_stream_window_size: 65534 (expected: 65535 to"
                        + " 2147483647)",
                "initial_connection_window_size: 1 | .initial_connection_window_size: 1 (expected: 65535 to"
                        + " 2147483647)",
                "max_concurrent_streams: 0 | .max_concurrent_streams: 0 (expected: 1 to 2147483647)",
                "hpack_table_size: 65537 | .hpack_table_size: 65537 (expected: 0 to 65536)",
                "connection_keepalive: {interval: 1s} | .connection_keepalive.timeout: missing (expected: a duration)",
                "max_outbound_frames: 10 | .max_outbound_frames: has no effect",
                "max_inbound_priority_frames_per_stream: 1 | .max_inbound_priority_frames_per_stream: has no effect",
            })
    void tellsWhatIsOutOfRangeOrHasNoEffect(String option, String message) {
        Bootstraps.Outcome outcome =
                Bootstraps.read(Bootstraps.withHttp("route_config: {}\nhttp2_protocol_options: {" + option + "}"));

        assertThat(outcome.told()).singleElement().asString().endsWith("http2_protocol_options" + message);
    }

    @Test
    void readsUpgradesOfTheListenerAndOfARoute() {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withRoute("""
            match: {prefix: /}
            route:
              cluster: one
              upgrade_configs: [{upgrade_type: WebSocket, enabled: false}, {upgrade_type: spdy/3.1}]
            """)
                + "                upgrade_configs: [{upgrade_type: websocket}, {upgrade_type: CONNECT,"
                + " enabled: false}]\n");

        assertThat(outcome.told()).isEmpty();
        assertThat(http(outcome).upgrades()).containsExactly("websocket");
        assertThat(forward(outcome).upgrades())
                .containsEntry("websocket", false)
                .containsEntry("spdy/3.1", true);
        assertThat(forward(outcome).connect()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"'' | false", ", connect_config: {} | true"})
    void readsWhetherATunnelEndsHere(String config, boolean ends) {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withRoute("""
            match: {connect_matcher: {}}
            route: {cluster: one, upgrade_configs: [{upgrade_type: CONNECT%s}]}
            """.formatted(config)));

        assertThat(outcome.told()).isEmpty();
        assertThat(route(outcome).match().path()).isEqualTo(new PathMatch.Connect());
        assertThat(forward(outcome).upgrades()).containsEntry("connect", true);
        assertThat(forward(outcome).connect()).isEqualTo(ends);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "upgrade_type: websocket, connect_config: {} | .connect_config: beside the upgrade type websocket"
                        + " (expected: the upgrade type CONNECT)",
                "upgrade_type: CONNECT, connect_config: {allow_post: true} | .connect_config.allow_post: not supported"
                        + " (expected: false)",
                "upgrade_type: CONNECT-UDP | .upgrade_type: connect-udp is not supported (expected: connect, or an"
                        + " upgrade such as websocket)",
            })
    void refusesTunnelsThatItCannotMake(String upgrade, String message) {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withRoute("""
            match: {prefix: /}
            route: {cluster: one, upgrade_configs: {%s}}
            """.formatted(upgrade)));

        assertThat(outcome.told()).singleElement().asString().endsWith("upgrade_configs" + message);
    }

    private static RouteConfig route(Bootstraps.Outcome outcome) {
        return http(outcome).routes().virtualHosts().getFirst().routes().getFirst();
    }

    private static ForwardConfig forward(Bootstraps.Outcome outcome) {
        return (ForwardConfig) route(outcome).action();
    }

    private static HttpConfig http(Bootstraps.Outcome outcome) {
        return (HttpConfig) outcome.config()
                .listeners()
                .getFirst()
                .filterChains()
                .getFirst()
                .protocol();
    }
}
