package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.TcpKeepalive;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.UpstreamTlsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list for hosts keeps the meaning that its own generator gives it. */
class WikimediaListTest {

    private static final String CATALOGUE = """
        service::catalog:
          alpha: {port: 4001, encryption: true, lvs: {class: low-traffic}, ip: {eqiad: {default: 10.2.2.1}}}
          beta: {port: 4002, encryption: true}
          plain: {port: 80, encryption: false}
        """;

    @Test
    void givesAnEntryWithNothingElseThePlainMeaning() {
        Load load = load("- {name: alpha, port: 6003, timeout: 3s, service: alpha}");

        assertThat(load.config().listeners())
                .extracting(ListenerConfig::address)
                .containsExactly(new Address.Socket("::", 6003), new Address.Socket("0.0.0.0", 6003));
        assertThat(load.http("alpha").statPrefix()).isEqualTo("alpha_egress");
        assertThat(load.http("alpha").routes().name()).isEqualTo("alpha_route");
        assertThat(load.http("alpha").routes().virtualHosts()).singleElement().satisfies(host -> {
            assertThat(host.name()).isEqualTo("alpha");
            assertThat(host.domains()).containsExactly("*");
        });
        assertThat(load.http("alpha").serverHeader()).isEqualTo(ServerHeader.OVERWRITE);
        assertThat(load.http("alpha").accessLogs())
                .containsExactly(new AccessLogConfig(
                        new AccessLogConfig.Sink.File(Path.of("/var/log/envoy/alpha.log")),
                        Optional.empty(),
                        Optional.of(new StatusFilter(StatusFilter.Op.GE, 500, "alpha_min_log_code"))));
        assertThat(load.routes("alpha"))
                .singleElement()
                .satisfies(route -> assertThat(route.match().path()).isEqualTo(new PathMatch.Prefix("/")));
        ForwardConfig forward = load.forward("alpha");
        assertThat(forward.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(forward.idleTimeout()).isEmpty();
        assertThat(forward.retry())
                .hasValueSatisfying(retry -> assertThat(retry.numRetries()).isZero());
        assertThat(forward.host()).isEqualTo(new RouteAction.HostRewrite.None());

        ClusterConfig cluster = load.cluster("alpha");
        assertThat(cluster.discovery()).isInstanceOfSatisfying(DiscoveryConfig.StrictDns.class, dns -> {
            assertThat(dns.endpoints())
                    .containsExactly(new EndpointConfig(new Address.Socket("alpha.discovery.wmnet", 4001)));
            assertThat(dns.refresh().family()).isEqualTo(DnsFamily.V4_ONLY);
            assertThat(dns.refresh().rate()).isEqualTo(Duration.ofSeconds(5));
        });
        assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(cluster.maxRequestsPerConnection()).isZero();
        assertThat(cluster.protocol()).isEqualTo(UpstreamProtocol.HTTP1);
        UpstreamTlsConfig tls = cluster.tls().orElseThrow();
        assertThat(tls.trustedCa()).contains(PemSource.of(Path.of("/etc/ssl/certs/ca-certificates.crt")));
        assertThat(tls.sni()).isEmpty();
        assertThat(tls.sniFromEndpoint()).isFalse();
        assertThat(tls.verifyHost()).isFalse();
        assertThat(tls.parameters().maxVersion()).isEqualTo("TLSv1.2");
        assertThat(tls.parameters().cipherSuites())
                .containsExactly("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384");
        assertThat(load.config().admin()).isEmpty();
        assertThat(load.config().overload().maxConnections()).isEqualTo(50_000);
    }

    @Test
    void speaksPlainTextToAServiceWithoutEncryption() {
        assertThat(load("- {name: p, port: 6003, timeout: 3s, service: plain}")
                        .cluster("plain")
                        .tls())
                .isEmpty();
    }

    @Test
    void keepsConnectionsAsLongAsKeepaliveSays() {
        ClusterConfig cluster = load("- {name: alpha, port: 6003, timeout: 3s, service: alpha, keepalive: 4.5s}")
                .cluster("alpha");

        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofMillis(4500));
        assertThat(cluster.maxRequestsPerConnection()).isEqualTo(1000);
        assertThat(cluster.protocol()).isEqualTo(UpstreamProtocol.DOWNSTREAM);
    }

    @Test
    void takesDurationsFinerThanAMillisecond() {
        Load load = load(
                "- {name: alpha, port: 6003, timeout: 250us, idle_timeout: 0.0005s, service: alpha, keepalive: 1.5ms}");

        assertThat(load.forward("alpha").timeout()).isEqualTo(Duration.ofNanos(250_000));
        assertThat(load.forward("alpha").idleTimeout()).contains(Duration.ofNanos(500_000));
        assertThat(load.cluster("alpha").idleTimeout()).isEqualTo(Duration.ofNanos(1_500_000));
    }

    @Test
    void replacesTheForwardedProtocol() {
        assertThat(load("- {name: alpha, port: 6003, timeout: 3s, service: alpha, xfp: https}")
                        .http("alpha")
                        .routes()
                        .headers())
                .satisfies(headers -> {
                    assertThat(headers.requestRemove()).containsExactly("x-forwarded-proto");
                    assertThat(headers.requestAdd()).containsExactly(new HeaderAddition("x-forwarded-proto", "https"));
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sets_sni: true                                         | Auto | alpha.discovery.wmnet",
                "sets_sni: true, sni_rewrites_host_header: false        | None | alpha.discovery.wmnet",
                "sets_sni: true, http_host: a.example.org               | a.example.org | alpha.discovery.wmnet",
                "sets_sni: false                                        | None | ''",
                "sni_rewrites_host_header: true                         | None | ''",
                "http_host: a.example.org                               | a.example.org | ''",
            })
    void sendsTheServerNameAndHostThatWereAskedFor(String fields, String host, String sni) {
        Load load = load("- {name: alpha, port: 6003, timeout: 3s, service: alpha, " + fields.strip() + "}");

        RouteAction.HostRewrite expected = switch (host) {
            case "Auto" -> new RouteAction.HostRewrite.Auto();
            case "None" -> new RouteAction.HostRewrite.None();
            default -> new RouteAction.HostRewrite.Literal(host);
        };
        assertThat(load.forward("alpha").host()).isEqualTo(expected);
        assertThat(load.cluster("alpha").tls().orElseThrow().sni()).isEqualTo(sni);
        assertThat(load.cluster("alpha").tls().orElseThrow().verifyHost()).isFalse();
    }

    @Test
    void copiesTheRetryHash() {
        Load load = load("""
            - name: alpha
              port: 6003
              timeout: 61s
              service: alpha
              retry:
                retry_on: 5xx,retriable-status-codes
                num_retries: 2
                per_try_timeout: 20s
                retriable_status_codes: [409]
                retry_back_off: {base_interval: 0.1s, max_interval: 1s}
            - {name: beta, port: 6004, timeout: 3s, service: beta, retry: {retry_on: gateway-error}}
            """);

        RetryPolicyConfig retry = load.forward("alpha").retry().orElseThrow();
        assertThat(retry.retryOn()).isEqualTo(Set.of("5xx", "retriable-status-codes"));
        assertThat(retry.numRetries()).isEqualTo(2);
        assertThat(retry.perTryTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(retry.retriableStatusCodes()).containsExactly(409);
        assertThat(retry.baseInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(retry.maxInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(load.forward("beta").retry().orElseThrow().numRetries()).isEqualTo(1);
    }

    @Test
    void setsTcpKeepaliveOnlyWhereItIsAskedFor() {
        Load load = load("""
            - {name: alpha, port: 6003, timeout: 3s, service: alpha, tcp_keepalive: {keepalive_time: 300}}
            - {name: beta, port: 6004, timeout: 3s, service: beta}
            """);

        assertThat(load.cluster("alpha").tcpKeepalive()).contains(new TcpKeepalive(0, 300, 0));
        assertThat(load.cluster("beta").tcpKeepalive()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "mw-api-int.discovery.wmnet, mw-api-int",
        "search.svc.eqiad.wmnet, alpha_eqiad",
        "gerrit.codfw.wikimedia.org, alpha_codfw",
        "cloudelastic.wikimedia.org, alpha",
        "a.example.org, alpha",
        "10.1.2.3, alpha",
    })
    void namesClustersAsTheGeneratorDoes(String upstream, String cluster) {
        Load load = load("- {name: x, port: 6003, timeout: 3s, service: alpha, upstream: " + upstream + "}");

        assertThat(load.config().clusters()).extracting(ClusterConfig::name).containsExactly(cluster);
        assertThat(load.forward("x").clusters().getFirst().cluster()).isEqualTo(cluster);
    }

    @Test
    void sharesAClusterWhoseFirstDefinitionWins() {
        Load load = load("""
            - {name: one, port: 6003, timeout: 3s, service: alpha, upstream: a.discovery.wmnet, keepalive: 4s}
            - {name: two, port: 6004, timeout: 3s, service: alpha, upstream: a.discovery.wmnet, keepalive: 50s}
            """);

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().clusters()).hasSize(1);
        assertThat(load.cluster("a").idleTimeout()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void warnsWhereASharedClusterWouldHaveAnotherUpstream() {
        Load load = load("""
            - {name: one, port: 6003, timeout: 3s, service: alpha, upstream: a.example.org}
            - {name: two, port: 6004, timeout: 3s, service: alpha, upstream: b.example.org}
            """);

        assertThat(load.messages())
                .containsExactly("0.yaml:3:5: profile::services_proxy::envoy::listeners[1]: cluster alpha was first"
                        + " defined with another upstream, which is the one that is used");
    }

    @Test
    void sendsAShareElsewhereWithTheParentsConnections() {
        Load load = load("""
            - name: alpha
              port: 6003
              timeout: 3s
              idle_timeout: 400s
              service: alpha
              keepalive: 4s
              sets_sni: true
              xfp: https
              retry: {retry_on: 5xx}
              split: {service: beta, upstream: b.discovery.wmnet, percentage: 55, keepalive: 9s, sets_sni: false}
            """);

        RouteConfig split = load.routes("alpha").getFirst();
        assertThat(load.routes("alpha")).hasSize(2);
        assertThat(split.match().fraction()).contains(new RuntimeFraction(55, 100, "routing.traffic_shift.alpha"));
        ForwardConfig forward = (ForwardConfig) split.action();
        assertThat(forward.clusters().getFirst().cluster()).isEqualTo("alpha-split");
        assertThat(forward.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(forward.retry()).isEqualTo(load.forward("alpha").retry());
        assertThat(forward.host()).isEqualTo(new RouteAction.HostRewrite.Auto());
        assertThat(forward.idleTimeout()).isEmpty();
        assertThat(load.forward("alpha").idleTimeout()).contains(Duration.ofSeconds(400));
        ClusterConfig cluster = load.cluster("alpha-split");
        assertThat(cluster.discovery().endpoints())
                .containsExactly(new EndpointConfig(new Address.Socket("b.discovery.wmnet", 4002)));
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(cluster.tls().orElseThrow().sni()).isEqualTo("b.discovery.wmnet");
    }

    @Test
    void sendsSomeHostsElsewhere() {
        Load load = load("""
            - name: alpha
              port: 6003
              timeout: 3s
              idle_timeout: 400s
              service: alpha
              splits:
                - {name: test, host_regex: 'test[0-9]*\\.wikipedia\\.org', service: beta, upstream: b.discovery.wmnet,
                   keepalive: 9s, sets_sni: true, sni_rewrites_host_header: false, tcp_keepalive: {keepalive_time: 7}}
            """);

        RouteConfig split = load.routes("alpha").getFirst();
        assertThat(split.match().headers())
                .containsExactly(new HeaderMatch(
                        ":authority",
                        new HeaderMatch.Value(new StringMatch.Regex("test[0-9]*\\.wikipedia\\.org")),
                        false,
                        false));
        ForwardConfig forward = (ForwardConfig) split.action();
        assertThat(forward.clusters().getFirst().cluster()).isEqualTo("b");
        assertThat(forward.host()).isEqualTo(new RouteAction.HostRewrite.None());
        assertThat(load.cluster("b").idleTimeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(load.cluster("b").tls().orElseThrow().sni()).isEqualTo("b.discovery.wmnet");
        assertThat(load.cluster("b").tcpKeepalive()).contains(new TcpKeepalive(0, 7, 0));
        assertThat(load.forward("alpha").clusters().getFirst().cluster()).isEqualTo("alpha");
    }

    @Test
    void listensOnOneFamilyWhereIpv6IsOff() {
        assertThat(load(
                                "- {name: alpha, port: 6003, timeout: 3s, service: alpha}",
                                "profile::services_proxy::envoy::listen_ipv6: false")
                        .config()
                        .listeners())
                .extracting(ListenerConfig::address)
                .containsExactly(new Address.Socket("0.0.0.0", 6003));
    }

    @Test
    void enablesTheListenersThatAreAskedFor() {
        String both = """
            - {name: alpha, port: 6003, timeout: 3s, service: alpha}
            - {name: beta, port: 6004, timeout: 3s, service: nowhere}
            """;

        Load load = load(both, "profile::services_proxy::envoy::enabled_listeners: [alpha]");
        assertThat(load.problems()).isEmpty();
        assertThat(load.config().listeners()).hasSize(2);
        assertThat(load(both, "enabled_listeners: [alpha]").problems()).isEmpty();
        assertThat(load(both).errors()).hasSize(1);
    }

    @Test
    void letsALaterFilesKeyReplaceAnEarlierOnesWhole() {
        Load load = load(
                "- {name: alpha, port: 6003, timeout: 3s, service: alpha}",
                "profile::services_proxy::envoy::enabled_listeners: [alpha, beta]",
                "profile::services_proxy::envoy::enabled_listeners: [alpha]",
                "service::catalog: {alpha: {port: 4999, encryption: false}}");

        assertThat(load.problems()).isEmpty();
        assertThat(load.cluster("alpha").discovery().endpoints().getFirst().address())
                .isEqualTo(new Address.Socket("alpha.discovery.wmnet", 4999));
    }

    @Test
    void takesTheFurtherKeysInPlaceOfWikimediasValues() {
        Load load = load("- {name: alpha, port: 6003, timeout: 3s, service: alpha}", """
            trusted_ca: /tmp/ca.pem
            listen_address: 127.0.0.1
            access_log_path: /tmp/{name}-access.log
            connect_timeout: 2s
            dns:
              servers: ["127.0.0.1:5353", "::1"]
              search: [eqiad.wmnet]
              hosts_file: /tmp/hosts
              resolv_conf: /tmp/resolv.conf
              refresh_rate: 0.2s
            admin: {address: /tmp/admin.sock, mode: 0600, access_log_path: /tmp/admin.log}
            profile::envoy::runtime:
              alpha_min_log_code: 200
              routing: {traffic_shift: {alpha: 30}}
            """);

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().listeners())
                .extracting(ListenerConfig::address)
                .containsExactly(new Address.Socket("127.0.0.1", 6003));
        assertThat(load.http("alpha").accessLogs().getFirst().sink())
                .isEqualTo(new AccessLogConfig.Sink.File(Path.of("/tmp/alpha-access.log")));
        assertThat(load.cluster("alpha").connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(load.cluster("alpha").tls().orElseThrow().trustedCa())
                .contains(PemSource.of(Path.of("/tmp/ca.pem")));
        assertThat(load.config().dns().servers())
                .containsExactly(new Address.Socket("127.0.0.1", 5353), new Address.Socket("::1", 53));
        assertThat(load.config().dns().search()).contains(List.of("eqiad.wmnet"));
        assertThat(load.config().dns().hostsFile()).isEqualTo(Path.of("/tmp/hosts"));
        assertThat(load.config().dns().resolvConf()).isEqualTo(Path.of("/tmp/resolv.conf"));
        assertThat(load.config().admin().orElseThrow().address())
                .isEqualTo(new Address.Pipe(Path.of("/tmp/admin.sock"), 0600));
        assertThat(load.config().admin().orElseThrow().accessLogs()).hasSize(1);
        assertThat(load.config().runtime().layers())
                .containsExactly(
                        new RuntimeConfig.Static(
                                "static_layer_0", Map.of("overload.global_downstream_max_connections", "50000")),
                        new RuntimeConfig.Static(
                                "static_layer_1",
                                Map.of("alpha_min_log_code", "200", "routing.traffic_shift.alpha", "30")),
                        new RuntimeConfig.Admin("admin_layer_0"));
    }

    @Test
    void takesAnAdminAddressInEnvoysWordsToo() {
        Load load = load(
                "- {name: alpha, port: 6003, timeout: 3s, service: alpha}",
                "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 9631}}}");

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().admin().orElseThrow().address()).isEqualTo(Address.loopback(9631));
    }

    @Test
    void keepsTheLogOfEachListenerInAFolder() {
        assertThat(load("- {name: alpha, port: 6003, timeout: 3s, service: alpha}", "access_log_path: /tmp/logs/")
                        .http("alpha")
                        .accessLogs()
                        .getFirst()
                        .sink())
                .isEqualTo(new AccessLogConfig.Sink.File(Path.of("/tmp/logs/alpha.log")));
    }

    @Test
    void readsTracingOnlyWhereAShareIsReported() {
        String list = "- {name: alpha, port: 6003, timeout: 3s, service: alpha}";

        assertThat(load(list, "profile::services_proxy::envoy::local_otel_reporting_pct: 0.0")
                        .http("alpha")
                        .tracing())
                .isEmpty();
        Load traced = load(list, "profile::services_proxy::envoy::local_otel_reporting_pct: 100.0");
        assertThat(traced.http("alpha").tracing()).hasValueSatisfying(it -> {
            assertThat(it.cluster()).isEqualTo("otel-collector");
            assertThat(it.randomSamplingPercent()).isEqualTo(100.0);
        });
        assertThat(traced.cluster("otel-collector").protocol()).isEqualTo(UpstreamProtocol.HTTP2);
    }

    @Test
    void passesOverTheKeysOfOtherSoftware() {
        assertThat(load("- {name: alpha, port: 6003, timeout: 3s, service: alpha}", """
            cluster: appserver
            profile::tlsproxy::envoy::tls_port: 443
            profile::mediawiki::php::request_timeout: 201
            profile::envoy::ensure: present
            """)
                        .problems())
                .isEmpty();
    }

    private static Load load(String list, String... further) {
        String[] texts = new String[further.length + 2];
        texts[0] = "profile::services_proxy::envoy::listeners:\n" + list.indent(2);
        texts[1] = CATALOGUE;
        System.arraycopy(further, 0, texts, 2, further.length);
        return Load.of(texts);
    }
}
