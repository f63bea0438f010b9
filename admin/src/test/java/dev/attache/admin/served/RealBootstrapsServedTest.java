package dev.attache.admin.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.admin.AdminServer;
import dev.attache.admin.CommandLine;
import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.Unserved;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.DnsServer;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.fixtures.Waiting;
import dev.attache.listeners.Attache.BoundListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A deployment's real sidecars and hosts, one proxy each: TLS from clients to a local service, and from applications to
 * services elsewhere. In what was read from a file, listeners are on free ports of loopback, the local service and a
 * stand-in for all that speak TLS as well, and connect timeouts are such as a busy machine meets; what is read but not served is
 * left out, as {@code --allow-unserved} does.
 */
@ParameterizedClass
@MethodSource("names")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class RealBootstrapsServedTest {

    private static final String OWN_HOST = "en.wikipedia.org";

    @Parameter
    private String name;

    private Path folder;
    private Certificates ca;
    private TlsStandIn elsewhere;
    private RawUpstream local;
    private DnsServer dns;
    private RealBootstrap bootstrap;
    private Served served;

    static Stream<String> names() throws IOException {
        assumeTrue(Files.isDirectory(RealBootstrap.FOLDER), () -> "no real files in " + RealBootstrap.FOLDER);
        return RealBootstrap.names().stream();
    }

    @BeforeParameterizedClassInvocation
    void serve(String ofFile, @TempDir Path temporary) throws Exception {
        name = ofFile;
        folder = temporary;
        ca = Certificates.in(folder);
        bootstrap = RealBootstrap.copy(name, folder, ca, ca.issue(OWN_HOST));
        ProxyConfig read = ConfigFiles.load(ConfigOptions.of(bootstrap.file()).unserved(Unserved.Policy.DEFER))
                .config();
        Unserved.features(read).forEach(feature -> assumeTrue(!feature.protects(), feature + " is not served yet"));
        elsewhere = TlsStandIn.with(ca.issue("a.name.that.nobody.asks.for"));
        local = RawUpstream.start(RealBootstrapsServedTest::serveLocally);
        dns = DnsServer.start();
        served = Served.config(Unserved.without(onLoopback(read)));
        AdminServer.start(
                served.proxy(), CommandLine.parse("-c", bootstrap.file().toString()), () -> {});
    }

    private ProxyConfig onLoopback(ProxyConfig read) {
        return read.toBuilder()
                .clusters(read.clusters().stream().map(this::onLoopback).toList())
                .dns(dns.config().build())
                .build();
    }

    private ClusterConfig onLoopback(ClusterConfig cluster) {
        return cluster.toBuilder()
                .discovery(endpointsOnLoopback(cluster))
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    private DiscoveryConfig endpointsOnLoopback(ClusterConfig cluster) {
        if (cluster.name().equals("admin_interface")) {
            return cluster.discovery();
        }
        if (cluster.tls().isEmpty()) {
            return new DiscoveryConfig.Static(List.of(new EndpointConfig(Address.loopback(local.port()))));
        }
        List<EndpointConfig> endpoints = cluster.discovery().endpoints().stream()
                .map(endpoint -> ((Address.Socket) endpoint.address()).host())
                .peek(host -> dns.name(host).addresses("127.0.0.1"))
                .map(host -> new EndpointConfig(new Address.Socket(host, elsewhere.port())))
                .toList();
        return new DiscoveryConfig.StrictDns(endpoints, ((DiscoveryConfig.StrictDns) cluster.discovery()).refresh());
    }

    /** {@code /own} is the answer of a server that has a name; all tell what was asked. */
    private static void serveLocally(RawUpstream.Peer peer) throws IOException {
        for (String head = peer.readHead(); head != null; head = peer.readHead()) {
            peer.readBody(RawUpstream.contentLength(head));
            String server = head.startsWith("GET /own ") ? "Server: Apache\r\n" : "";
            String status = head.startsWith("GET /500 ") ? "500 Oh" : "200 Fine";
            peer.send("HTTP/1.1 " + status + "\r\n" + server + "X-POWERED-by: PHP\r\ncontent-length: " + head.length()
                    + "\r\n\r\n" + head);
        }
    }

    @AfterParameterizedClassInvocation
    void close() {
        if (served != null) {
            served.close();
        }
        if (elsewhere != null) {
            elsewhere.close();
            local.close();
            dns.close();
        }
    }

    @Test
    void letsTheLocalServiceAnswer() throws Exception {
        for (BoundListener listener : terminators()) {
            try (TlsConnection client = connect(listener)) {
                TlsConnection.Answer answer = client.get("/w/index.php?a=b");

                assertThat(answer.status()).isEqualTo("HTTP/1.1 200 OK");
                assertThat(answer.header("x-powered-by")).isEqualTo("PHP");
                assertThat(answer.header("x-envoy-upstream-service-time")).matches("\\d+");
                assertThat(answer.body())
                        .startsWith("GET /w/index.php?a=b HTTP/1.1\r\nhost: " + OWN_HOST + "\r\n")
                        .contains("\r\nx-forwarded-proto: https\r\n")
                        .containsPattern("\r\nx-request-id: [0-9a-f-]{36}\r\n");
            }
        }
    }

    @Test
    void namesItselfWhereTheLocalServiceDoesNot() throws Exception {
        String own = bootstrap.text().contains("server_name: ") ? "[a-z]+-tls" : "envoy";
        for (BoundListener listener : terminators()) {
            try (TlsConnection client = connect(listener)) {
                assertThat(client.get("/").header("server")).matches(own);
                assertThat(client.get("/own").header("server")).isEqualTo("Apache");
            }
        }
    }

    @Test
    void writesHeaderNamesAsTheFileSays() throws Exception {
        String powered = bootstrap.text().contains("proper_case_words") ? "X-Powered-By" : "x-powered-by";
        for (BoundListener listener : terminators()) {
            try (TlsConnection client = connect(listener)) {
                assertThat(client.get("/").head()).contains("\r\n" + powered + ": PHP");
            }
        }
    }

    @Test
    void agreesOnNoProtocolSinceNoneIsConfigured() throws Exception {
        for (BoundListener listener : terminators()) {
            try (TlsConnection client = connect(listener, "h2", "http/1.1")) {
                assertThat(client.protocol()).isEmpty();
                assertThat(client.get("/").status()).isEqualTo("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void answersOldClients() throws Exception {
        for (BoundListener listener : terminators()) {
            try (TlsConnection client = connect(listener)) {
                client.send("GET /old HTTP/1.0\r\nhost: " + OWN_HOST + "\r\n\r\n");

                TlsConnection.Answer answer = client.read();
                assertThat(answer.status()).isEqualTo("HTTP/1.1 200 OK");
                assertThat(answer.header("connection")).isEqualTo("close");
                assertThat(client.isAtEnd()).isTrue();
            }
        }
    }

    @Test
    void logsErrorsOfTheLocalService() throws Exception {
        Path log = folder.resolve(name.startsWith("host-") ? "global_tls.log" : "stdout.log");
        try (TlsConnection client = connect(terminators().getFirst())) {
            assertThat(client.get("/500").status()).isEqualTo("HTTP/1.1 500 Internal Server Error");
        }

        Waiting.until("a line in the log", () -> Served.text(log).contains("\"GET /500 HTTP/1.1\" 500 "));
    }

    @Test
    void refusesWhatARestrictedPortIsNotFor() throws Exception {
        for (BoundListener listener : restricted()) {
            try (TlsConnection client = connect(listener)) {
                assertThat(client.get("/example").status()).isEqualTo("HTTP/1.1 200 OK");
                TlsConnection.Answer refused = client.get("/other");
                assertThat(refused.status()).isEqualTo("HTTP/1.1 403 Forbidden");
                assertThat(refused.body()).isEqualTo("Forbidden: only GET /example is permitted on this port\n");
            }
        }
        assertThat(restricted()).hasSize(name.contains("restricted") ? 2 : 0);
    }

    @Test
    void showsItsStatsAndHealthAndNothingElse() throws Exception {
        try (TlsConnection client = connect(terminators().getFirst())) {
            client.get("/");
        }
        for (BoundListener listener : listeners("admin_interface")) {
            RawClient.Answer health = get(listener, "/healthz");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.body()).isEqualTo("OK");
            assertThat(get(listener, "/stats/prometheus?usedonly=").body())
                    .containsPattern("envoy_cluster_upstream_rq_total\\{envoy_cluster_name=\"LOCAL_\\S+\"} [1-9]")
                    .containsPattern("envoy_http_downstream_rq_total\\{"
                            + "envoy_http_conn_manager_prefix=\"ingress_https_\\w+\"} [1-9]");
            RawClient.Answer other = get(listener, "/config_dump");
            assertThat(other.status()).isEqualTo(403);
            assertThat(other.body()).isEqualTo("You can't access this url.");
        }
        assertThat(listeners("admin_interface")).hasSize(name.startsWith("host-") ? 0 : 2);
    }

    @Test
    void forwardsToServicesElsewhereWithTheServerNamesOfTheFile() throws IOException {
        Set<String> named = new TreeSet<>();
        for (BoundListener listener : listeners(".+_egress")) {
            String path = "/w/" + Served.port(listener);
            assertThat(get(listener, path).status()).isEqualTo(200);
            elsewhere.received(path).forEach(seen -> named.addAll(seen.serverNames()));
        }

        assertThat(named).isEqualTo(bootstrap.serverNames());
    }

    @Test
    void asksOldApplicationsToUpgrade() throws IOException {
        for (BoundListener listener : listeners(".+_egress")) {
            try (RawClient client = RawClient.connect(Served.port(listener))) {
                client.send("GET / HTTP/1.0\r\nhost: " + OWN_HOST + "\r\n\r\n");
                assertThat(client.readAnswer().status()).isEqualTo(426);
            }
        }
    }

    private List<BoundListener> terminators() {
        List<BoundListener> found = listeners("ingress_https_[a-z]+|ingress_http");
        assertThat(found).isNotEmpty();
        return found;
    }

    private List<BoundListener> restricted() {
        return listeners("ingress_https_[a-z]+_\\d+");
    }

    private List<BoundListener> listeners(String statPrefix) {
        return served.proxy().listeners().stream()
                .filter(bound -> bound.config().filterChains().getFirst().protocol() instanceof HttpConfig http
                        && http.statPrefix().matches(statPrefix))
                .toList();
    }

    private TlsConnection connect(BoundListener listener, String... protocols) throws IOException {
        return TlsConnection.connect(Served.port(listener), OWN_HOST, ca.clientContext(), protocols);
    }

    private static RawClient.Answer get(BoundListener listener, String path) throws IOException {
        try (RawClient client = RawClient.connect(Served.port(listener))) {
            return Served.get(client, path);
        }
    }
}
