package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One mistake is told once, and nothing besides that only follows from it. */
class ConsequencesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: LOGICAL_DNS, hosts: [{socket_address: {address: a.test, port_value: 80}}]",
                "type: LOGICAL_DNS, load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address:"
                        + " {address: a.test, port_value: PORT}}}}]}]}",
                "type: LOGICAL_DNS, load_assignment: 5",
                "type: EDS, load_assignment: {endpoints: []}",
                "load_assignment: {endpoints: [{lb_endpoints: [{endpoint: 5}]}]}",
                "load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {address: 5}}]}]}",
                "load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {}}]}]}",
                "transport_socket: 5, load_assignment: {endpoints: []}",
                "typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: 5},"
                        + " load_assignment: {endpoints: []}",
            })
    void ofACluster(String members) {
        assertThat(Bootstraps.read("static_resources: {clusters: [{name: one, " + members + "}]}")
                        .told())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{match: {prefix: /}, route: {inline_cluster_specifier_plugin: {extension: {name: x}}}}",
                "{match: {prefix: /}, route: {cluster_header: x-c}}",
                "{match: {prefix: /}, route: {cluster_specifier_plugin: x}}",
                "{match: {prefix: /}, route: 5}",
                "{match: 5, route: {cluster: one}}",
                "{match: {prefix: /}, route: {weighted_clusters: {total_weight: 10, clusters: [{name: a, weight:"
                        + " x}]}}}",
                "{match: {prefix: /, headers: [{name: h, string_match: 5}]}, route: {cluster: one}}",
                "{match: {safe_regex: 5}, route: {cluster: one}}",
                "{match: {prefix: /}, direct_response: 5}",
            })
    void ofARoute(String route) {
        assertThat(Bootstraps.read(Bootstraps.withRoute(route)).told()).hasSize(1);
    }
}
