package dev.attache.benchmarks.sidebyside;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The Envoy bootstrap file of every Attache that is measured: the default policies, one retry on 5xx, stats, no access
 * log, and limits that 2,000 connections do not reach.
 */
final class Bootstrap {

    private static final String TEXT = """
        static_resources:
          listeners:
          - name: measured
            address: {socket_address: {address: 127.0.0.1, port_value: @PORT@}}
            filter_chains:
            - @FRONT@filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: measured
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                  route_config:
                    name: measured
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
        @ROUTES@
          clusters:
        @CLUSTERS@
        """;

    private static final String ROUTE = """
                      - match: {prefix: "@PREFIX@"}
                        route: {cluster: "@NAME@", timeout: 15s, retry_policy: {retry_on: 5xx, num_retries: 1}}
        """;

    private static final String CLUSTER = """
          - name: "@NAME@"
            type: STATIC
            connect_timeout: 1s
            circuit_breakers: {thresholds: [{max_connections: 100000, max_pending_requests: 100000, max_requests: 100000, max_retries: 100}]}
            load_assignment: {cluster_name: "@NAME@", endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: @UPSTREAM@}}}}]}]}
        """;

    private static final String TLS = """
        transport_socket:
                name: envoy.transport_sockets.tls
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                  common_tls_context:
                    alpn_protocols: [http/1.1]
                    tls_params: {tls_minimum_protocol_version: TLSv1_3}
                    tls_certificates: [{certificate_chain: {filename: "@CERTIFICATE@"}, private_key: {filename: "@KEY@"}}]
              \
        """;

    private Bootstrap() {}

    /** A file for whatever is to be spoken at a place; HTTP/2 in clear text is known by its preface. */
    static String text(Peer.Site site, int clusters) {
        return site.fill(text(clusters).replace("@FRONT@", site.front() == Front.TLS ? TLS : ""));
    }

    /** A file in clear text. All routes but the last lead elsewhere by their prefix; the last is for all that is left. */
    static String text(int port, int upstreamPort, int clusters) {
        return text(clusters)
                .replace("@FRONT@", "")
                .replace("@PORT@", Integer.toString(port))
                .replace("@UPSTREAM@", Integer.toString(upstreamPort));
    }

    private static String text(int clusters) {
        String routes = IntStream.range(0, clusters)
                .mapToObj(index ->
                        named(ROUTE, index).replace("@PREFIX@", index < clusters - 1 ? "/elsewhere/" + index : "/"))
                .collect(Collectors.joining());
        String all = IntStream.range(0, clusters)
                .mapToObj(index -> named(CLUSTER, index))
                .collect(Collectors.joining());
        return TEXT.replace("@ROUTES@", routes).replace("@CLUSTERS@", all);
    }

    private static String named(String template, int index) {
        return template.replace("@NAME@", "c" + index);
    }
}
