package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One line a mistake: what is told, and where. */
class EnvoyErrorsTest {

    private static final String HTTP = "static_resources.listeners[0].filter_chains[0].filters[0].typed_config";
    private static final String ROUTE = HTTP + ".route_config.virtual_hosts[0].routes[0]";
    private static final String CLUSTER = "static_resources.clusters[0]";

    @ParameterizedTest(name = "{0}")
    @MethodSource({"ofClusters", "ofRoutes", "ofHttp", "ofTheProcess"})
    void tells(String name, String text, String message) {
        assertThat(Bootstraps.read(text).told()).containsExactly(message.lines().toArray(String[]::new));
    }

    private static List<Arguments> ofClusters() {
        return List.of(
                cluster(
                        "a misspelt field",
                        "conect_timeout: 1s",
                        "6:7: " + CLUSTER + ".conect_timeout: unknown field; did you mean connect_timeout?"),
                cluster(
                        "a number where a duration is wanted",
                        "connect_timeout: 5",
                        "6:24: " + CLUSTER
                                + ".connect_timeout: 5 (expected: a duration with its unit, such as 0.250s, 5ms or"
                                + " 250us)"),
                cluster(
                        "a timeout of nothing",
                        "connect_timeout: 0s",
                        "6:24: " + CLUSTER + ".connect_timeout: 0 (expected: more than zero)"),
                cluster(
                        "a misspelt balancer",
                        "lb_policy: ROUNDROBIN",
                        "6:18: " + CLUSTER
                                + ".lb_policy: ROUNDROBIN (expected: one of ROUND_ROBIN, LEAST_REQUEST, RANDOM); did"
                                + " you mean ROUND_ROBIN?"),
                cluster(
                        "a feature that is not served",
                        "outlier_detection: {}",
                        "6:7: " + CLUSTER + ".outlier_detection: not supported"),
                cluster(
                        "a limit below zero",
                        "circuit_breakers: {thresholds: [{max_retries: -1}]}",
                        "6:53: " + CLUSTER
                                + ".circuit_breakers.thresholds[0].max_retries: -1 (expected: 0 to 4294967295)"),
                cluster(
                        "another transport",
                        "transport_socket:\n"
                            + "  typed_config: {\"@type\":"
                            + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext}",
                        "7:33: " + CLUSTER
                                + ".transport_socket.typed_config.@type:"
                                + " envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext is not supported"
                                + " (expected: one of envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext,"
                                + " envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer,"
                                + " envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport);"
                                + " did you mean envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext?"),
                cluster(
                        "inline certificates and versions the wrong way round",
                        """
                        transport_socket:
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                            common_tls_context:
                              tls_params: {tls_minimum_protocol_version: TLSv1_3}
                              validation_context:
                                trusted_ca: {inline_bytes: x?}
                                verify_certificate_hash: [a]\
                        """,
                        "10:56: " + CLUSTER
                                + ".transport_socket.typed_config.common_tls_context.tls_params.tls_minimum_protocol_version:"
                                + " TLSv1.3 is above the maximum, TLSv1.2 (expected: a tls_maximum_protocol_version of"
                                + " at least the minimum)\n"
                                + "envoy.yaml:12:42: " + CLUSTER
                                + ".transport_socket.typed_config.common_tls_context.validation_context.trusted_ca.inline_bytes:"
                                + " not base64 (expected: PEM in base64)\n"
                                + "envoy.yaml:13:15: " + CLUSTER
                                + ".transport_socket.typed_config.common_tls_context.validation_context.verify_certificate_hash:"
                                + " not supported"),
                Arguments.of(
                        "a static cluster of names",
                        "static_resources: {clusters: [{name: a, load_assignment: {endpoints: [{lb_endpoints:"
                            + " [{endpoint: {address: {socket_address: {address: svc.test, port_value: 1}}}}]}]}}]}",
                        "envoy.yaml:1:108: " + CLUSTER
                                + ".load_assignment.endpoints[0].lb_endpoints[0].endpoint.address: svc.test:1 in a"
                                + " STATIC cluster (expected: an IP address, or type: STRICT_DNS)"),
                Arguments.of(
                        "a cluster without a name or endpoints",
                        "static_resources:\n  clusters:\n    - type: STRICT_DNS",
                        "envoy.yaml:3:7: " + CLUSTER + ".name: missing (expected: a text)\n" + "envoy.yaml:3:7: "
                                + CLUSTER + ".load_assignment: missing (expected: endpoints)"));
    }

    private static List<Arguments> ofRoutes() {
        return List.of(
                route(
                        "an expression that is none",
                        "match: {safe_regex: {regex: \"(\"}}\nroute: {cluster: a}",
                        "15:55: " + ROUTE
                                + ".match.safe_regex.regex: not an RE2 expression: error parsing regexp: missing"
                                + " closing ): `(` (expected: an RE2 expression)"),
                route(
                        "two path specifiers",
                        "match: {prefix: /, path: /a}\nroute: {cluster: a}",
                        "15:46: " + ROUTE + ".match.path: set beside prefix (expected: only one of them)"),
                route(
                        "two actions",
                        "match: {prefix: /}\nroute: {cluster: a}\nredirect: {https_redirect: true}",
                        "17:27: " + ROUTE + ".redirect: set beside route (expected: only one of them)"),
                route(
                        "no action",
                        "match: {prefix: /}",
                        "15:27: " + ROUTE + ": no action (expected: route, redirect or direct_response)"),
                route(
                        "a misspelt retry condition, which never matches",
                        "match: {prefix: /}\nroute: {cluster: a, retry_policy: {retry_on: \"5xx,gateway_error\"}}",
                        "16:72: " + ROUTE
                                + ".route.retry_policy.retry_on: gateway_error never matches; did you mean"
                                + " gateway-error?"),
                route(
                        "an unknown field of a retry policy",
                        "match: {prefix: /}\nroute: {cluster: a, retry_policy: {num_retires: 1}}",
                        "16:62: " + ROUTE
                                + ".route.retry_policy.num_retires: unknown field; did you mean num_retries?"),
                route(
                        "a pseudo-header to add",
                        "match: {prefix: /}\n"
                                + "route: {cluster: a}\n"
                                + "request_headers_to_add: [{header: {key: \":path\", value: /}}]",
                        "17:67: " + ROUTE
                                + ".request_headers_to_add[0].header.key: :path (expected: a header name; neither host"
                                + " nor one that begins with a colon)"),
                route(
                        "a redirect code that is none",
                        "match: {prefix: /}\nredirect: {response_code: 302}",
                        "16:53: " + ROUTE
                                + ".redirect.response_code: 302 (expected: one of MOVED_PERMANENTLY, FOUND, SEE_OTHER,"
                                + " TEMPORARY_REDIRECT, PERMANENT_REDIRECT)"),
                route(
                        "weights of nothing",
                        "match: {prefix: /}\nroute: {weighted_clusters: {clusters: [{name: a, weight: 0}]}}",
                        "16:65: " + ROUTE
                                + ".route.weighted_clusters.clusters: weights sum to 0 (expected: more than 0)"));
    }

    @Test
    void tellsAnOperatorThatIsNoneWhereItIsWritten() {
        String route = "match: {prefix: /}\n"
                + "route: {cluster: a}\n"
                + "request_headers_to_add: [{header: {key: a, value: \"%REQ(%\"}}, {header: {key: b, value: \"a\\n"
                + "b\"}}]";
        String log = "route_config: {}\naccess_log: {name: envoy.access_loggers.stdout, typed_config: {\"@type\": "
                + "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog, "
                + "log_format: {text_format: \"%NONE_SUCH%\"}}}";

        assertThat(Bootstraps.read(Bootstraps.withRoute(route)).told())
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line).startsWith("envoy.yaml:17:").contains(".header.value: "));
        assertThat(Bootstraps.read(Bootstraps.withHttp(log)).told())
                .singleElement()
                .asString()
                .startsWith("envoy.yaml:11:")
                .contains(".access_log.typed_config.log_format.text_format: ")
                .contains("NONE_SUCH");
    }

    private static List<Arguments> ofHttp() {
        String routes = "route_config: {virtual_hosts: [{name: a, domains: ['*']}]}\n";
        return List.of(
                http(
                        "a domain for the second time",
                        "route_config:\n  virtual_hosts: [{name: a, domains: [x.test, 'X.test']}]",
                        "11:63: " + HTTP
                                + ".route_config.virtual_hosts[0].domains[1]: x.test for the second time (first in"
                                + " envoy.yaml:11:55) (expected: each domain once in a route_config)"),
                http(
                        "a star inside a domain",
                        "route_config:\n  virtual_hosts: [{name: a, domains: ['a.*.test']}]",
                        "11:55: " + HTTP
                                + ".route_config.virtual_hosts[0].domains[0]: a.*.test (expected: a domain, *.suffix,"
                                + " prefix.* or *, each with or without a port)"),
                http(
                        "no routes",
                        "codec_type: AUTO",
                        "7:17: " + HTTP + ".route_config: missing (expected: a route_config)"),
                http("routes from elsewhere", "rds: {route_config_name: x}", "10:17: " + HTTP + ".rds: not supported"),
                http(
                        "heads above the limit",
                        routes + "max_request_headers_kb: 96",
                        "11:41: " + HTTP + ".max_request_headers_kb: 96 (expected: 1 to 60)"),
                http(
                        "two prefixes of stats",
                        routes + "statPrefix: b",
                        "11:17: " + HTTP + ".statPrefix: unknown field; did you mean stat_prefix?"),
                http(
                        "a log to nowhere",
                        routes
                                + "access_log: {typed_config: {\"@type\":"
                                + " type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog}}",
                        "11:44: " + HTTP + ".access_log.typed_config.path: missing (expected: a file name)"),
                http(
                        "a log filter that is not served",
                        routes + "access_log: {filter: {duration_filter: {}}, name: envoy.access_loggers.stdout}",
                        "11:38: " + HTTP
                                + ".access_log.filter.status_code_filter: missing (expected: a filter by status)\n"
                                + "envoy.yaml:11:39: " + HTTP + ".access_log.filter.duration_filter: not supported"));
    }

    private static List<Arguments> ofTheProcess() {
        return List.of(
                Arguments.of(
                        "a misspelt section",
                        "static_resource: {}",
                        "envoy.yaml:1:1: static_resource: unknown field; did you mean static_resources?"),
                Arguments.of(
                        "a control plane",
                        "dynamic_resources: {ads_config: {}}",
                        "envoy.yaml:1:1: dynamic_resources: not supported"),
                Arguments.of(
                        "a port above the range",
                        "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 70000}}}",
                        "envoy.yaml:1:68: admin.address.socket_address.port_value: 70000 (expected: 0 to 65535)"),
                Arguments.of(
                        "two admin layers",
                        "layered_runtime: {layers: [{name: a, admin_layer: {}}, {name: b, admin_layer: {}}]}",
                        "envoy.yaml:1:27: layered_runtime.layers: more than one admin layer (expected: at most 1)"),
                Arguments.of(
                        "buckets that do not ascend",
                        "stats_config: {histogram_bucket_settings: [{match: {prefix: a}, buckets: [2, 1]}]}",
                        "envoy.yaml:1:74: stats_config.histogram_bucket_settings[0].buckets: [2.0, 1.0] (expected:"
                                + " ascending)"),
                Arguments.of(
                        "another monitor",
                        "overload_manager: {resource_monitors: [{name: x, typed_config: {\"@type\":"
                            + " type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig}}]}",
                        "envoy.yaml:1:74: overload_manager.resource_monitors[0].typed_config.@type:"
                            + " envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig is not supported"
                            + " (expected:"
                            + " envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig)"),
                Arguments.of("a list for a bootstrap", "[a]", "envoy.yaml:1:1: a list (expected: a mapping)"));
    }

    @Test
    void refusesAClusterWithAResolverOfItsOwn() {
        String text =
                Bootstraps.withCluster("type: STRICT_DNS\ndns_resolvers: [{socket_address: {address: 127.0.0.1}}]")
                        + "dns_resolution_config: {resolvers: [{socket_address: {address: 127.0.0.2}}]}\n";

        assertThat(Bootstraps.read(text).told())
                .containsExactly("envoy.yaml:3:7: " + CLUSTER
                        + ": a DNS resolver other than that of the bootstrap or of other clusters (expected:"
                        + " one resolver)");
    }

    private static Arguments cluster(String name, String members, String message) {
        return Arguments.of(name, Bootstraps.withCluster(members), "envoy.yaml:" + message);
    }

    private static Arguments route(String name, String route, String message) {
        return Arguments.of(name, Bootstraps.withRoute(route), "envoy.yaml:" + message);
    }

    private static Arguments http(String name, String members, String message) {
        return Arguments.of(name, Bootstraps.withHttp(members), "envoy.yaml:" + message);
    }

    @Test
    void readsAllOfAListenerWhoseFilterItDoesNotKnow() {
        List<String> told = Bootstraps.read("""
            static_resources:
              listeners:
                - name: cache
                  stat_prefix: cache
                  bind_to_port: perhaps
                  address: {socket_address: {address: 127.0.0.1, port_value: 1}}
                  filter_chains:
                    - filters:
                        - typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy
                            stat_prefix: cache
            """).told();

        assertThat(told)
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("RedisProxy is not supported"))
                .anySatisfy(line -> assertThat(line).contains("bind_to_port: "));
    }
}
