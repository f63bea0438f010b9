package dev.attache.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.listeners.Attache;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever gRPC's own suite finds right without a proxy, it finds right through one. */
@Tag("grpc-interop")
class GrpcInteropIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PASSES = "";

    /** What is wrong with each case that has been run without the proxy. */
    private static final Map<String, String> DIRECT = new HashMap<>();

    private static GrpcInterop cleartextUpstream;
    private static GrpcInterop tlsUpstream;
    private static Attache proxy;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        cleartextUpstream = GrpcInterop.start(false);
        tlsUpstream = GrpcInterop.start(true);
        String chain = GrpcInterop.pem("server1.pem", folder).toString();
        String key = GrpcInterop.pem("server1.key", folder).toString();
        String authority = GrpcInterop.pem("ca.pem", folder).toString();
        String listenerTls = """
            transport_socket:
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                common_tls_context:
                  alpn_protocols: [h2]
                  tls_certificates:
                    - {certificate_chain: {filename: %s}, private_key: {filename: %s}}
            """.formatted(chain, key);
        String upstreamTls = """
            transport_socket:
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                sni: %1$s
                common_tls_context:
                  alpn_protocols: [h2]
                  validation_context:
                    trusted_ca: {filename: %2$s}
                    match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: %1$s}}]
            """.formatted(GrpcInterop.HOST, authority);
        String yaml = "static_resources:\n  listeners:\n"
                + listener("cleartext", "")
                + listener("tls", listenerTls)
                + "  clusters:\n"
                + cluster("cleartext", cleartextUpstream.port(), "")
                + cluster("tls", tlsUpstream.port(), upstreamTls);
        proxy = Attache.builder(ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(yaml), true))
                        .config())
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        tlsUpstream.close();
        cleartextUpstream.close();
    }

    static Stream<String> cases() throws ClassNotFoundException {
        return GrpcInterop.cases();
    }

    /** Or all the others might be passed over. */
    @Test
    void mostCasesPassWithoutTheProxy() throws Exception {
        assertThat(cases().filter(name -> direct(name).equals(PASSES))).hasSizeGreaterThanOrEqualTo(20);
    }

    @ParameterizedTest(name = "in cleartext: {0}")
    @MethodSource("cases")
    void passesInCleartext(String name) throws Exception {
        assumePassesDirectly(name);

        run(name, port(0), false);
    }

    @ParameterizedTest(name = "over TLS: {0}")
    @MethodSource("cases")
    void passesOverTls(String name) throws Exception {
        assumePassesDirectly(name);

        run(name, port(1), true);
    }

    private static void assumePassesDirectly(String name) {
        String wrong = direct(name);
        assumeTrue(wrong.equals(PASSES), () -> "fails without the proxy as well: " + wrong);
    }

    private static String direct(String name) {
        return DIRECT.computeIfAbsent(name, GrpcInteropIT::runDirectly);
    }

    private static String runDirectly(String name) {
        try {
            run(name, cleartextUpstream.port(), false);
            return PASSES;
        } catch (Exception | AssertionError | LinkageError wrong) {
            // A LinkageError: what the cases of cloud credentials need is not on the class path.
            return wrong.toString();
        }
    }

    private static void run(String name, int port, boolean tls) {
        assertTimeoutPreemptively(LIMIT, () -> GrpcInterop.run(name, port, tls));
    }

    private static int port(int listener) {
        return ((InetSocketAddress) proxy.listeners().get(listener).addresses().getFirst()).getPort();
    }

    private static String listener(String name, String transport) {
        String yaml = """
            - name: %1$s
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: %1$s
                        route_config:
                          virtual_hosts:
                            - name: all
                              domains: ["*"]
                              routes: [{match: {prefix: /}, route: {cluster: %1$s, timeout: 0s}}]
                        http_filters:
                          - name: envoy.filters.http.router
                            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """.formatted(name);
        return yaml.indent(4) + transport.indent(10);
    }

    private static String cluster(String name, int port, String transport) {
        String yaml = """
            - name: %1$s
              load_assignment:
                cluster_name: %1$s
                endpoints:
                  - lb_endpoints:
                      - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %2$d}}}
              typed_extension_protocol_options:
                envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                  "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                  explicit_http_config: {http2_protocol_options: {}}
            """.formatted(name, port);
        return yaml.indent(4) + transport.indent(6);
    }
}
