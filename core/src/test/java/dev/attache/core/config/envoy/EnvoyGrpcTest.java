package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.GrpcStatusFilter;
import dev.attache.core.config.GrpcTimeoutConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.StreamDurationConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnvoyGrpcTest {

    private static RouteConfig route(String match, String action) {
        Bootstraps.Outcome outcome =
                Bootstraps.read(Bootstraps.withRoute("match: " + match + "\nroute: {cluster: c" + action + "}"));
        assertThat(outcome.problems()).isEmpty();
        HttpConfig http = (HttpConfig) outcome.config()
                .listeners()
                .getFirst()
                .filterChains()
                .getFirst()
                .protocol();
        return http.routes().virtualHosts().getFirst().routes().getFirst();
    }

    private static ForwardConfig forward(String action) {
        return (ForwardConfig) route("{prefix: /}", action).action();
    }

    @Test
    void readsTheDurationOfStreams() {
        ForwardConfig forward =
                forward(", max_stream_duration: {max_stream_duration: 60s, grpc_timeout_header_max: 30s,"
                        + " grpc_timeout_header_offset: 0.1s}");

        assertThat(forward.streamDuration())
                .contains(new StreamDurationConfig(
                        Optional.of(Duration.ofSeconds(60)),
                        Optional.of(Duration.ofSeconds(30)),
                        Duration.ofMillis(100)));
        assertThat(forward.toBuilder().build()).isEqualTo(forward);
    }

    @Test
    void tellsAHeaderThatIsTakenAsItIsFromOneThatIsPassedOver() {
        assertThat(forward(", max_stream_duration: {grpc_timeout_header_max: 0s}")
                        .streamDuration())
                .contains(new StreamDurationConfig(Optional.empty(), Optional.of(Duration.ZERO), Duration.ZERO));
        assertThat(forward(", max_stream_duration: {}").streamDuration())
                .contains(new StreamDurationConfig(Optional.empty(), Optional.empty(), Duration.ZERO));
        assertThat(forward(", max_stream_duration: {max_stream_duration: 0s}").streamDuration())
                .contains(new StreamDurationConfig(Optional.of(Duration.ZERO), Optional.empty(), Duration.ZERO));
        assertThat(forward("").streamDuration()).isEmpty();
    }

    @Test
    void readsTheFormerTimeoutOfCalls() {
        assertThat(forward(", max_grpc_timeout: 0s, grpc_timeout_offset: 0.5s").grpcTimeout())
                .contains(new GrpcTimeoutConfig(Duration.ZERO, Duration.ofMillis(500)));
        assertThat(forward(", grpc_timeout_offset: 0.5s").grpcTimeout()).isEmpty();
    }

    @Test
    void readsRoutesForCallsAlone() {
        assertThat(route("{prefix: /, grpc: {}}", "").match().grpc()).isTrue();
        assertThat(route("{prefix: /}", "").match().grpc()).isFalse();
    }

    private static List<FilterConfig> filters(String config) {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withHttp("")
                        .replace(
                                "http_filters: [", """
                                    http_filters: [{name: envoy.filters.http.grpc_stats, typed_config: {
                                    "@type": type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig, %s}}, \
                                    """.formatted(config).strip().replace("\n", " ") + " ")
                + " ".repeat(16) + "route_config: {}\n");
        assertThat(outcome.problems()).isEmpty();
        return ((HttpConfig) outcome.config()
                        .listeners()
                        .getFirst()
                        .filterChains()
                        .getFirst()
                        .protocol())
                .filters();
    }

    @Test
    void readsWhichCallsAreCounted() {
        assertThat(filters("stats_for_all_methods: true, enable_upstream_stats: true"))
                .containsExactly(new FilterConfig.GrpcStats(true, Map.of(), true, false));
        assertThat(filters("replace_dots_in_grpc_service_name: true, individual_method_stats_allowlist:"
                        + " {services: [{name: p.S, method_names: [Get, Put]}]}"))
                .containsExactly(new FilterConfig.GrpcStats(false, Map.of("p.S", Set.of("Get", "Put")), false, true));
    }

    private static Bootstraps.Outcome logging(String filter) {
        return Bootstraps.read(
                Bootstraps.withHttp("route_config: {}\naccess_log:\n  - name: envoy.access_loggers.stdout\n"
                        + "    filter: {grpc_status_filter: " + filter + "}"));
    }

    @Test
    void readsWhichCallsAreLogged() {
        Bootstraps.Outcome outcome = logging("{statuses: [OK, CANCELED, UNAUTHENTICATED], exclude: true}");

        assertThat(outcome.problems()).isEmpty();
        assertThat(((HttpConfig) outcome.config()
                                .listeners()
                                .getFirst()
                                .filterChains()
                                .getFirst()
                                .protocol())
                        .accessLogs()
                        .getFirst()
                        .grpcFilter())
                .contains(new GrpcStatusFilter(Set.of(0, 1, 16), true));
    }

    @Test
    void refusesAStatusThatIsNone() {
        assertThat(logging("{statuses: [FINE]}").told())
                .singleElement()
                .asString()
                .contains("grpc_status_filter.statuses[0]: FINE (expected: one of OK, CANCELED, UNKNOWN");
    }
}
