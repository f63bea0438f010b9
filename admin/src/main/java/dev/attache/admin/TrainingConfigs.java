package dev.attache.admin;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What the {@link Training} serves: many listeners and clusters, as sidecars have, with {@code /plain}, {@code /named}
 * (found by DNS) and {@code /tls}.
 *
 * @param folder   of the admin interface's socket and the access log
 * @param upstream port on loopback
 * @param dns      port of a name server on loopback
 * @param roots    PEM file of trusted authorities
 */
record TrainingConfigs(Path folder, int upstream, int dns, Path roots) {

    /** As many as the larger real files have, so that reading them becomes hot as well. */
    private static final int MANY = 40;

    private static final String ROUTER = """
        http_filters:
              - name: envoy.filters.http.router
                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}\
        """;

    private static final String MANAGER =
            "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

    /** The upstream of the others: answers by itself. */
    static String answering() {
        return """
            static_resources:
              listeners:
              - address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": %s
                      stat_prefix: upstream
                      route_config:
                        virtual_hosts:
                        - name: upstream
                          domains: ["*"]
                          routes:
                          - match: {prefix: /}
                            direct_response: {status: 200, body: {inline_string: "trained"}}
                      %s
            """.formatted(MANAGER, ROUTER.indent(6).strip());
    }

    /** One listener and its cluster, without a file, a name, or a limit that is worth a warning. */
    static String forwarding(int upstream) {
        return """
            static_resources:
              clusters:
              - name: plain
                type: STATIC
                connect_timeout: 1s
                circuit_breakers: {thresholds: [{max_connections: 4}]}
                load_assignment:
                  cluster_name: plain
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
              listeners:
              - name: warm-up
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": %s
                      stat_prefix: warm-up
                      access_log:
                      - typed_config:
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                          path: /dev/null
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes:
                          - match: {prefix: /}
                            route: {cluster: plain, timeout: 5s, retry_policy: {retry_on: 5xx, num_retries: 1}}
                      %s
            """.formatted(upstream, MANAGER, ROUTER.indent(6).strip());
    }

    String envoy() {
        return """
            admin: {address: {pipe: {path: %s/admin.sock}}}
            dns_resolvers: [{socket_address: {address: 127.0.0.1, port_value: %d}}]
            layered_runtime: {layers: [{name: admin, admin_layer: {}}]}
            stats_config:
              histogram_bucket_settings:
              - {match: {safe_regex: {regex: ".+rq_time$"}}, buckets: [1, 5, 10, 100, 1000]}
            static_resources:
              clusters:
            """.formatted(folder, dns) + many(this::cluster) + "  listeners:\n" + many(this::listener);
    }

    private static String many(IntFunction<String> text) {
        return IntStream.range(0, MANY).mapToObj(text).collect(Collectors.joining());
    }

    private String cluster(int number) {
        return """
              - name: plain%1$d
                type: STATIC
                connect_timeout: 0.25s
                load_assignment:
                  cluster_name: plain%1$d
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %2$d}}}}]}]
              - name: named%1$d
                type: STRICT_DNS
                dns_lookup_family: V4_ONLY
                lb_policy: ROUND_ROBIN
                connect_timeout: 0.25s
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    common_http_protocol_options: {idle_timeout: 4.5s}
                    explicit_http_config: {http_protocol_options: {}}
                load_assignment:
                  cluster_name: named%1$d
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: named%1$d.test, port_value: %2$d}}}}]}]
              - name: tls%1$d
                type: STRICT_DNS
                dns_lookup_family: V4_ONLY
                connect_timeout: 2s
                load_assignment:
                  cluster_name: tls%1$d
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: tls%1$d.test, port_value: %2$d}}}}]}]
                transport_socket:
                  name: envoy.transport_sockets.tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                    sni: tls%1$d.test
                    common_tls_context:
                      tls_params: {cipher_suites: "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"}
                      validation_context:
                        trusted_ca: {filename: %3$s}
                        match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: tls%1$d.test}}]
            """.formatted(number, upstream, roots);
    }

    private String listener(int number) {
        return """
              - name: listener%1$d
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": %2$s
                      stat_prefix: egress%1$d
                      server_header_transformation: APPEND_IF_ABSENT
                      internal_address_config:
                        unix_sockets: true
                        cidr_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}, {address_prefix: "::1", prefix_len: 128}]
                      access_log:
                      - filter:
                          status_code_filter:
                            comparison: {op: GE, value: {default_value: 500, runtime_key: min_log_code%1$d}}
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                          path: %3$s/access.log
                      route_config:
                        name: route%1$d
                        request_headers_to_add:
                        - header: {key: x-client-ip, value: "%%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%%"}
                          append_action: APPEND_IF_EXISTS_OR_ADD
                        virtual_hosts:
                        - name: all%1$d
                          domains: ["*"]
                          routes:
                          - match: {prefix: /direct}
                            direct_response: {status: 200, body: {inline_string: "OK"}}
                          - match: {prefix: /named}
                            route: {cluster: named%1$d, timeout: 5s, auto_host_rewrite: true}
                          - match: {safe_regex: {regex: "/tls.*"}}
                            route: {cluster: tls%1$d, timeout: 5s}
                          - match: {prefix: /}
                            route: {cluster: plain%1$d, timeout: 5s, retry_policy: {retry_on: 5xx, num_retries: 1}}
                      %4$s
            """.formatted(number, MANAGER, folder, ROUTER.indent(6).strip());
    }

    String services() {
        return "listeners:\n"
                + many(number -> """
                    - {name: service%1$d, port: 0, upstream: "127.0.0.1:%2$d", encryption: false, timeout: 5s,
                       keepalive: 4.5s, retry: {retry_on: 5xx, num_retries: 1}, access_log_path: %3$s/access.log}
                    """.formatted(number, upstream, folder).indent(2))
                + """
                admin: {address: %s/admin.sock}
                dns: {servers: ["127.0.0.1:%d"]}
                """.formatted(folder, dns);
    }

    /** What the JVM trusts, as a PEM file: about as many as a system's own bundle has. */
    static String platformRoots() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            StringBuilder pem = new StringBuilder();
            for (X509Certificate root : Stream.of(factory.getTrustManagers())
                    .flatMap(TrainingConfigs::issuers)
                    .toList()) {
                pem.append("-----BEGIN CERTIFICATE-----\n");
                pem.append(Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(root.getEncoded()));
                pem.append("\n-----END CERTIFICATE-----\n");
            }
            return pem.toString();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static Stream<X509Certificate> issuers(TrustManager manager) {
        return manager instanceof X509TrustManager known ? Stream.of(known.getAcceptedIssuers()) : Stream.empty();
    }
}
