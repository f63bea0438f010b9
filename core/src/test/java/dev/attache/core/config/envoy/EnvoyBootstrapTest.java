package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.AdminConfig;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.CodecType;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.EscapedSlashes;
import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderAddition.Action;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.HealthCheckConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.InternalAddressConfig;
import dev.attache.core.config.LbPolicy;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.LocalReplyConfig;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.OverloadConfig;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.config.QueryMatch;
import dev.attache.core.config.RateLimitAction;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteAction.HostRewrite;
import dev.attache.core.config.RouteAction.PathRewrite;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.TcpKeepalive;
import dev.attache.core.config.TcpProxyConfig;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.TlsRequirement;
import dev.attache.core.config.TracingConfig;
import dev.attache.core.config.TrafficDirection;
import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvoyBootstrapTest {

    private static final String ADMIN_ON_TCP =
            "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 1666}}}";

    @TempDir
    private Path folder;

    private String text = "";
    private ProxyConfig config = ProxyConfig.builder().build();
    private Bootstraps.Outcome outcome = Bootstraps.read("");

    @BeforeEach
    void readEverything() throws IOException {
        Files.writeString(folder.resolve("page.html"), "<p>%LOCAL_REPLY_BODY%</p>");
        Files.writeString(folder.resolve("sds.yaml"), """
            resources:
            - "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"
              name: tls_sds
              tls_certificate:
                certificate_chain: {filename: /pki/tls.crt}
                private_key: {filename: /pki/tls.key}
            """);
        try (InputStream in = EnvoyBootstrapTest.class.getResourceAsStream("everything.yaml")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${folder}", folder.toString())
                    .replace("${page}", folder.resolve("page.html").toString())
                    .replace("${sds}", folder.resolve("sds.yaml").toString())
                    .replace("${ca}", "/pki/ca.crt")
                    .replace("${chain}", "/pki/client.crt")
                    .replace("${key}", "/pki/client.key");
        }
        outcome = Bootstraps.read(text);
        config = outcome.config();
    }

    @Test
    void readsEverythingWithoutAProblem() {
        assertThat(outcome.told()).singleElement().asString().contains("drain_timeout: has no effect");
        assertThat(Bootstraps.read(ADMIN_ON_TCP).told()).isEmpty();
    }

    @Test
    void coversEveryFieldPathOfRealDeployments() throws IOException {
        Path list =
                Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf", "bootstrap-field-paths.txt");
        assumeTrue(Files.isRegularFile(list), () -> "no " + list.normalize());
        Set<String> covered = new HashSet<>();
        paths("", Yaml.parse("everything.yaml", text), covered);
        paths("", Yaml.parse("admin.yaml", ADMIN_ON_TCP), covered);

        List<String> listed = Files.readAllLines(list).stream()
                .map(line -> line.split("\t", -1))
                .filter(columns -> !columns[1].equals("rest-gateway"))
                .map(columns -> columns[0].replace("[]", ""))
                .toList();
        assertThat(listed).isNotEmpty();
        assertThat(listed.stream().filter(path -> !covered.contains(path))).isEmpty();
    }

    @Test
    void readsProcessWideParts() {
        assertThat(config.admin())
                .contains(new AdminConfig(
                        new Address.Pipe(folder.resolve("admin.sock"), 0600),
                        List.of(new AccessLogConfig(
                                new AccessLogConfig.Sink.File(folder.resolve("admin-access.log")),
                                Optional.empty(),
                                Optional.empty())),
                        true));
        assertThat(config.runtime())
                .isEqualTo(new RuntimeConfig(List.of(
                        new RuntimeConfig.Static(
                                "static_layer_0",
                                Map.of(
                                        "overload.global_downstream_max_connections", "50000",
                                        "routing.traffic_shift.search.numerator", "25",
                                        "routing.traffic_shift.search.denominator", "TEN_THOUSAND")),
                        new RuntimeConfig.Admin("admin_layer_0"))));
        assertThat(config.overload()).isEqualTo(new OverloadConfig(40_000));
        assertThat(config.stats())
                .isEqualTo(new StatsConfig(
                        List.of(
                                new StatsConfig.Buckets(new StringMatch.Regex(".+rq_time$"), List.of(1.0, 2.5, 10.0)),
                                new StatsConfig.Buckets(new StringMatch.Prefix("cluster.", false), List.of(5.0))),
                        Optional.of(new StatsConfig.Graphite(
                                new Address.Socket("graphite.test", 2003), "sidecar", Duration.ofSeconds(30)))));
        assertThat(config.dns())
                .isEqualTo(DnsConfig.builder()
                        .servers(List.of(new Address.Socket("127.0.0.53", 5353), new Address.Socket("::1", 53)))
                        .timeout(Duration.ofSeconds(2))
                        .tcpOnly(true)
                        .search(List.of())
                        .build());
    }

    @Test
    void readsClusters() {
        UpstreamTlsConfig tls = UpstreamTlsConfig.builder()
                .trustedCa(Path.of("/pki/ca.crt"))
                .systemRoots(false)
                .sni("search.discovery.test")
                .sniFromEndpoint(false)
                .autoSni(true)
                .verifyHost(true)
                .subjectAltNames(List.of(SubjectAltNameMatch.dns(new StringMatch.Suffix(".discovery.test", false))))
                .clientCertificate(CertificateFiles.of(Path.of("/pki/client.crt"), Path.of("/pki/client.key")))
                .parameters(new TlsParameters(
                        "TLSv1.2",
                        "TLSv1.3",
                        List.of("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"),
                        List.of("X25519")))
                .alpn(List.of("http/1.1"))
                .maxSessionKeys(4)
                .build();
        DnsRefreshConfig refresh = Defaults.ENVOY
                .dnsRefresh()
                .rate(Duration.ofSeconds(7))
                .respectTtl(true)
                .jitter(Duration.ofMillis(500))
                .failureBase(Duration.ofSeconds(2))
                .failureMax(Duration.ofSeconds(30))
                .family(DnsFamily.V4_ONLY)
                .build();
        DiscoveryConfig discovery = new DiscoveryConfig.StrictDns(
                List.of(
                        new EndpointConfig(new Address.Socket("search.discovery.test", 9243), "", 3),
                        new EndpointConfig(new Address.Socket("search2.discovery.test", 9243), "second.test", 1)),
                refresh);
        assertThat(config.clusters().getFirst())
                .isEqualTo(ClusterConfig.builder("search", discovery)
                        .statName("search_alt")
                        .connectTimeout(Duration.ofMillis(250))
                        .pendingTimeout(Duration.ZERO)
                        .minBodyRate(0)
                        .acceptBareLf(true)
                        .protocol(UpstreamProtocol.DOWNSTREAM)
                        .http2(Defaults.ENVOY.http2().build())
                        .headerCase(HeaderCase.PROPER_CASE_WORDS)
                        .enableTrailers(true)
                        .idleTimeout(Duration.ofMillis(4500))
                        .maxRequestsPerConnection(1000)
                        .maxHeadersCount(50)
                        .maxResponseHeadersKb(32)
                        .tcpKeepalive(new TcpKeepalive(3, 300, 10))
                        .circuitBreaker(new CircuitBreakerConfig(10, 20, 30, 1))
                        .highPriorityCircuitBreaker(new CircuitBreakerConfig(1024, 1024, 7, 3))
                        .tls(tls)
                        .build());
        assertThat(cluster("maps_postgres").lbPolicy()).isEqualTo(LbPolicy.LEAST_REQUEST);
        assertThat(cluster("maps_postgres").discovery()).isInstanceOf(DiscoveryConfig.LogicalDns.class);
        assertThat(cluster("maps_postgres").healthChecks())
                .containsExactly(new HealthCheckConfig(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        3,
                        5,
                        true,
                        Optional.of(Path.of("/dev/stdout"))));
        assertThat(cluster("local").discovery().endpoints())
                .containsExactly(
                        new EndpointConfig(new Address.Pipe(folder.resolve("app.sock"))),
                        new EndpointConfig(new Address.Socket("127.0.0.1", 8080)));
        assertThat(cluster("ratelimit").protocol()).isEqualTo(UpstreamProtocol.HTTP2);
        assertThat(cluster("otel").protocol()).isEqualTo(UpstreamProtocol.HTTP2);
    }

    @Test
    void readsListeners() {
        ListenerConfig inbound = config.listeners().getFirst();
        assertThat(inbound.toBuilder()
                        .filterChains(config.listeners().get(1).filterChains())
                        .build())
                .isEqualTo(new ListenerConfig(
                        "inbound",
                        new Address.Socket("::", 4443, true),
                        true,
                        ProxyProtocol.OFF,
                        config.listeners().get(1).filterChains(),
                        "inbound_socket",
                        TrafficDirection.INBOUND,
                        true,
                        0,
                        1024,
                        150,
                        32768));
        assertThat(inbound.filterChains().getFirst().serverNames()).containsExactly("app.test", "*.app.test");
        assertThat(inbound.filterChains().getFirst().tls())
                .contains(DownstreamTlsConfig.builder(
                                List.of(CertificateFiles.of(Path.of("/pki/tls.crt"), Path.of("/pki/tls.key"))
                                        .from(new CertificateSecret(folder.resolve("sds.yaml"), "tls_sds"))))
                        .alpn(List.of())
                        .requireClientCertificate(true)
                        .trustedCa(Path.of("/pki/ca.crt"))
                        .build());
        ListenerConfig raw = config.listeners().get(1);
        assertThat(raw.bindToPort()).isFalse();
        assertThat(raw.filterChains().getFirst().protocol())
                .isEqualTo(new TcpProxyConfig("destination", "maps_postgres", Duration.ofHours(1)));
    }

    @Test
    void readsTheHttpConnectionManager() {
        HttpConfig http = http();
        assertThat(http.toBuilder().routes(RouteTableConfig.builder().build()).build())
                .isEqualTo(HttpConfig.builder(
                                "ingress_http", RouteTableConfig.builder().build())
                        .http2(Defaults.ENVOY.http2().build())
                        .codec(CodecType.AUTO)
                        .filters(http.filters())
                        .accessLogs(http.accessLogs())
                        .localReplies(http.localReplies())
                        .serverName("rel-tls")
                        .serverHeader(ServerHeader.APPEND_IF_ABSENT)
                        .generateRequestId(false)
                        .preserveExternalRequestId(true)
                        .alwaysSetRequestIdInResponse(true)
                        .useRemoteAddress(true)
                        .skipXffAppend(true)
                        .appendXForwardedPort(true)
                        .scheme("https")
                        .suppressEnvoyHeaders(true)
                        .xffTrustedHops(1)
                        .internalAddresses(new InternalAddressConfig(true, List.of("10.0.0.0/8", "::1/128")))
                        .via("proxy")
                        .normalizePath(true)
                        .mergeSlashes(true)
                        .escapedSlashes(EscapedSlashes.REJECT_REQUEST)
                        .stripAnyHostPort(true)
                        .acceptHttp10(true)
                        .defaultHostForHttp10("app.test")
                        .headerCase(HeaderCase.PRESERVE)
                        .enableTrailers(true)
                        .allowHalfClose(false)
                        .underscores(UnderscoresInHeaders.DROP_HEADER)
                        .upgrades(Set.of("websocket"))
                        .maxRequestHeadersKb(16)
                        .maxHeadersCount(40)
                        .idleTimeout(Duration.ofMillis(86_408_500))
                        .maxConnectionDuration(Duration.ofHours(1))
                        .maxStreamDuration(Duration.ofMinutes(15))
                        .maxRequestsPerConnection(500)
                        .streamIdleTimeout(Duration.ofMillis(86_409_500))
                        .requestTimeout(Duration.ofSeconds(20))
                        .requestHeadersTimeout(Duration.ofSeconds(9))
                        .drainTimeout(Duration.ofSeconds(3))
                        .delayedCloseTimeout(Duration.ofMillis(500))
                        .tracing(new TracingConfig("otel", Duration.ofMillis(250), "ns", 10))
                        .build());
        assertThat(http.filters())
                .containsExactly(
                        new FilterConfig.Fault(
                                503, new RuntimeFraction(10, 100, "fault.http.abort.abort_percent"), 100),
                        new FilterConfig.RateLimit("search", "ratelimit", Duration.ofMillis(20), false, true, true),
                        new FilterConfig.Extension("audit"));
    }

    @Test
    void readsAccessLogsAndLocalReplies() {
        StatusFilter errors = new StatusFilter(StatusFilter.Op.GE, 500, "inbound_min_log_code");
        assertThat(http().accessLogs().getFirst())
                .isEqualTo(new AccessLogConfig(
                        new AccessLogConfig.Sink.File(Path.of("/dev/stdout")), Optional.empty(), Optional.of(errors)));
        LogFormat.Json json =
                (LogFormat.Json) http().accessLogs().get(1).format().orElseThrow();
        assertThat(json.omitEmpty()).isTrue();
        assertThat(json.object().members().keySet()).containsExactly("$schema", "http", "list");
        assertThat(json.object().members().get("list"))
                .isEqualTo(new LogFormat.JsonValue.Items(List.of(
                        new LogFormat.JsonValue.Numeral("1"),
                        new LogFormat.JsonValue.Flag(true),
                        new LogFormat.JsonValue.Numeral("null"),
                        new LogFormat.JsonValue.Template("x"))));

        LocalReplyConfig.Mapper mapper = http().localReplies().mappers().getFirst();
        assertThat(mapper)
                .isEqualTo(new LocalReplyConfig.Mapper(
                        new StatusFilter(StatusFilter.Op.GE, 502, "errorpage_min_code"),
                        503,
                        Optional.of("sorry"),
                        Optional.of(new LocalReplyConfig.BodyFormat(
                                new LogFormat.Text("<p>%LOCAL_REPLY_BODY%</p>", false), "text/html; charset=UTF-8")),
                        List.of(new HeaderAddition("x-local", "1"))));
        assertThat(http().localReplies().format()).isPresent();
    }

    @Test
    void readsVirtualHosts() {
        RouteTableConfig table = http().routes();
        VirtualHostConfig host = table.virtualHosts().getFirst();

        assertThat(table.name()).isEqualTo("inbound_route");
        assertThat(table.mostSpecificHeaderMutationsWins()).isTrue();
        assertThat(table.headers().requestRemove()).containsExactly("x-forwarded-proto");
        assertThat(table.headers().requestAdd())
                .containsExactly(
                        new HeaderAddition("x-forwarded-proto", "https", Action.OVERWRITE_IF_EXISTS_OR_ADD, false),
                        new HeaderAddition(
                                "X-Client-Addr",
                                "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
                                Action.OVERWRITE_IF_EXISTS_OR_ADD,
                                true));
        assertThat(host.requireTls()).isEqualTo(TlsRequirement.EXTERNAL_ONLY);
        assertThat(host.domains()).containsExactly("app.test", "*.app.test", "app.*", "*:8080", "host:*");
        assertThat(host.includeRequestAttemptCount()).isTrue();
        assertThat(host.includeAttemptCountInResponse()).isTrue();
        assertThat(host.rateLimits()).containsExactly(new RateLimitAction("user-agent", "user-agent"));
        assertThat(host.headers().responseAdd())
                .containsExactly(new HeaderAddition("x-vhost", "main", Action.ADD_IF_ABSENT, false));
        assertThat(host.retry())
                .contains(RetryPolicyConfig.builder()
                        .retryOn(Set.of("gateway-error"))
                        .build());
    }

    @Test
    void readsRouteMatches() {
        RouteConfig split = route(0);

        assertThat(split.name()).isEqualTo("split");
        assertThat(split.match().path()).isEqualTo(new PathMatch.Prefix("/"));
        assertThat(split.match().fraction()).contains(new RuntimeFraction(5, 10_000, "routing.traffic_shift.search"));
        assertThat(split.match().headers())
                .containsExactly(
                        header(":method", new StringMatch.Exact("POST", false)),
                        header("x-old", new StringMatch.Exact("a", false)),
                        header("x-safe", new StringMatch.Regex("\\bv\\w+")),
                        new HeaderMatch("x-range", new HeaderMatch.Range(1, 10), false, false),
                        new HeaderMatch("x-absent", new HeaderMatch.Present(false), false, false),
                        new HeaderMatch(
                                "x-prefix", new HeaderMatch.Value(new StringMatch.Prefix("p", false)), true, false),
                        new HeaderMatch(
                                "x-suffix", new HeaderMatch.Value(new StringMatch.Suffix("s", false)), false, true),
                        header("x-contains", new StringMatch.Contains("c", false)),
                        header(":authority", new StringMatch.Prefix("EN.", true)),
                        new HeaderMatch("x-there", new HeaderMatch.Present(true), false, false));
        assertThat(split.match().query())
                .containsExactly(
                        new QueryMatch("debug", Optional.empty()),
                        new QueryMatch("action", Optional.of(new StringMatch.Regex("qu.*"))),
                        new QueryMatch("action", Optional.empty()));
        assertThat(route(1).match().path()).isEqualTo(new PathMatch.Exact("/exact"));
        assertThat(route(1).match().caseSensitive()).isFalse();
        assertThat(route(2).match().path()).isEqualTo(new PathMatch.Regex("/r/[0-9]+"));
        assertThat(route(3).match().path()).isEqualTo(new PathMatch.SeparatedPrefix("/sep"));
    }

    @Test
    void readsRouteActions() {
        ForwardConfig forward = forward(0);
        assertThat(forward)
                .isEqualTo(ForwardConfig.builder(forward.clusters())
                        .runtimeKeyPrefix("shift")
                        .timeout(Duration.ZERO)
                        .idleTimeout(Duration.ofSeconds(180))
                        .host(new HostRewrite.Literal("search.test"))
                        .path(new PathRewrite.Regex("^/w/(.*)$", "/\\1"))
                        .appendXForwardedHost(true)
                        .highPriority(true)
                        .bodyBufferLimitBytes(1024L)
                        .upgrades(Map.of("websocket", false))
                        .retry(RetryPolicyConfig.builder()
                                .retryOn(Set.of("5xx", "retriable-status-codes", "retriable-headers"))
                                .numRetries(2)
                                .perTryTimeout(Duration.ofSeconds(20))
                                .perTryIdleTimeout(Duration.ofNanos(250_000))
                                .retriableStatusCodes(Set.of(429, 409))
                                .retriableHeaders(List.of(present("x-again")))
                                .retriableRequestHeaders(List.of(present("x-may")))
                                .baseInterval(Duration.ofMillis(100))
                                .maxInterval(Duration.ofSeconds(2))
                                .build())
                        .build());
        assertThat(forward.clusters())
                .extracting(RouteAction.WeightedCluster::cluster)
                .containsExactly("search", "local");
        assertThat(forward.clusters())
                .extracting(RouteAction.WeightedCluster::weight)
                .containsExactly(90L, 10L);
        assertThat(forward.clusters().getFirst().headers().requestAdd())
                .containsExactly(new HeaderAddition("x-share", "big"));

        assertThat(forward(1).host()).isEqualTo(new HostRewrite.Auto());
        assertThat(forward(1).path()).isEqualTo(new PathRewrite.Prefix("/new"));
        assertThat(forward(1).bodyBufferLimitBytes()).contains(99L);
        assertThat(forward(2).host()).isEqualTo(new HostRewrite.PathRegex("^/r/([0-9]+)$", "\\1.test"));
        assertThat(forward(3).host()).isEqualTo(new HostRewrite.Header("x-real-host"));
        assertThat(route(4).action())
                .isEqualTo(new RouteAction.Redirect(
                        "https", "other.test", 8443, new PathRewrite.Full("/there"), 308, true));
        assertThat(route(5).action()).isEqualTo(new RouteAction.DirectResponse(403, "no\n"));
    }

    @Test
    void knowsWhereEveryPartWasWritten() {
        String path = "static_resources.listeners[0].filter_chains[0].filters[0].typed_config"
                + ".route_config.virtual_hosts[0].routes[1]";
        List<String> lines = Arrays.asList(text.split("\n", -1));
        int line = 1 + lines.indexOf("                        - match: {path: /exact, case_sensitive: false}");

        assertThat(outcome.positions().of(route(1)).path()).isEqualTo(path);
        assertThat(outcome.positions().of(route(1)).source()).hasToString("envoy.yaml:" + line + ":27");
        assertThat(outcome.positions().of(route(1).action()).path()).isEqualTo(path + ".route");
        assertThat(outcome.positions().of(forward(1).clusters().getFirst()).path())
                .isEqualTo(path + ".route.cluster");
        Path ca = config.clusters()
                .getFirst()
                .tls()
                .orElseThrow()
                .trustedCa()
                .flatMap(PemSource::file)
                .orElseThrow();
        assertThat(outcome.positions().of(ca).path())
                .isEqualTo("static_resources.clusters[0].transport_socket.typed_config"
                        + ".common_tls_context.validation_context.trusted_ca.filename");
    }

    private static void paths(String prefix, Node node, Set<String> paths) {
        switch (node) {
            case Node.Mapping mapping ->
                mapping.entries().forEach((key, entry) -> {
                    paths.add(prefix + "." + key);
                    paths(prefix + "." + key, entry.value(), paths);
                });
            case Node.Sequence sequence -> sequence.items().forEach(item -> paths(prefix, item, paths));
            case Node.Scalar _, Node.Null _ -> {}
        }
    }

    private ClusterConfig cluster(String name) {
        return config.clusters().stream()
                .filter(cluster -> cluster.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private HttpConfig http() {
        return (HttpConfig)
                config.listeners().getFirst().filterChains().getFirst().protocol();
    }

    private RouteConfig route(int index) {
        return http().routes().virtualHosts().getFirst().routes().get(index);
    }

    private ForwardConfig forward(int index) {
        return (ForwardConfig) route(index).action();
    }

    private static HeaderMatch header(String name, StringMatch match) {
        return new HeaderMatch(name, new HeaderMatch.Value(match), false, false);
    }

    private static HeaderMatch present(String name) {
        return new HeaderMatch(name, new HeaderMatch.Present(true), false, false);
    }
}
