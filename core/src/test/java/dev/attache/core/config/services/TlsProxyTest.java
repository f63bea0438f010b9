package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.Http2Config;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.VirtualHostConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The TLS terminator of Wikimedia's hosts, in its own keys. */
class TlsProxyTest {

    private static final String PREFIX = "profile::tlsproxy::envoy::";
    private static final String NAMED = "global_cert_name: app.test";

    @Test
    void endsTlsInFrontOfThePortThatIsServedByDefault() {
        Load load = load(NAMED);

        assertThat(load.problems()).isEmpty();
        ListenerConfig listener = listener(load);
        assertThat(listener.address()).isEqualTo(new Address.Socket("0.0.0.0", 443));
        assertThat(listener.name()).isEqualTo("tls_terminator_443");
        assertThat(listener.tcpFastOpenQueue()).isEqualTo(150);
        assertThat(listener.maxConnections()).isZero();
        FilterChainConfig chain = chain(load);
        assertThat(chain.serverNames()).isEmpty();
        assertThat(chain.handshakeTimeout()).isZero();
        assertThat(chain.tls())
                .contains(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(
                                Path.of("/etc/ssl/localcerts/app.test.crt"), Path.of("/etc/ssl/private/app.test.key"))))
                        .alpn(List.of())
                        .build());
        HttpConfig http = http(load);
        assertThat(http.statPrefix()).isEqualTo("ingress_http");
        assertThat(http.serverHeader()).isEqualTo(ServerHeader.APPEND_IF_ABSENT);
        assertThat(http.acceptHttp10()).isTrue();
        assertThat(http.headerCase()).isEqualTo(HeaderCase.LOWER);
        assertThat(http.accessLogs()).isEmpty();
        assertThat(http.useRemoteAddress()).isFalse();
        assertThat(http.upgrades()).isEmpty();
        assertThat(http.streamIdleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(http.idleTimeout()).isEqualTo(Duration.ofHours(1));
        VirtualHostConfig host = http.routes().virtualHosts().getFirst();
        assertThat(host.name()).isEqualTo("non_sni_port_80");
        assertThat(host.domains()).containsExactly("*");
        assertThat(forward(load).timeout()).isEqualTo(Duration.ofSeconds(65));
        assertThat(forward(load).retry()).isEmpty();
        ClusterConfig cluster = load.cluster("local_port_80");
        assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(cluster.protocol()).isEqualTo(UpstreamProtocol.HTTP1);
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(cluster.tls()).isEmpty();
        assertThat(cluster.discovery()).isEqualTo(at("127.0.0.1", 80));
    }

    @ParameterizedTest
    @CsvSource({
        "sslcert,/etc/ssl/localcerts/app.test.crt,/etc/ssl/private/app.test.key",
        "acme,/etc/acmecerts/app.test/live/ec-prime256v1.chained.crt,/etc/acmecerts/app.test/live/ec-prime256v1.key",
        "cfssl,/etc/envoy/ssl/discovery__app_test_server.chained.pem,/etc/envoy/ssl/discovery__app_test_server-key.pem",
    })
    void findsTheCertificateWhereItsProviderPutsIt(String provider, Path chain, Path key) {
        Load load = load(NAMED, "ssl_provider: " + provider, "cfssl_options: {hosts: [a.test]}");

        assertThat(load.problems()).isEmpty();
        assertThat(chain(load).tls().orElseThrow().certificates()).containsExactly(CertificateFiles.of(chain, key));
    }

    @Test
    void takesBothFamiliesOnOneSocket() {
        Load load = load(NAMED, "listen_ipv6: true", "tls_port: 7443");

        assertThat(listener(load).address()).isEqualTo(new Address.Socket("::", 7443, true));
    }

    @Test
    void givesServicesWithACertificateAChainOfTheirOwn() {
        Load load = load(
                NAMED,
                "sni_support: 'yes'",
                "services: [{server_names: [One.test, '*.one.test'], port: 81, cert_name: one}, {server_names: ['*'],"
                        + " port: 82}]");

        assertThat(load.problems()).isEmpty();
        assertThat(listener(load).filterChains()).hasSize(2);
        FilterChainConfig own = chain(load);
        assertThat(own.serverNames()).containsExactly("one.test", "*.one.test");
        assertThat(own.tls().orElseThrow().certificates().getFirst().chain())
                .isEqualTo(PemSource.of(Path.of("/etc/ssl/localcerts/one.crt")));
        assertThat(hosts(own)).singleElement().satisfies(host -> {
            assertThat(host.name()).isEqualTo("default");
            assertThat(host.domains()).containsExactly("*");
        });
        FilterChainConfig last = listener(load).filterChains().getLast();
        assertThat(last.serverNames()).isEmpty();
        assertThat(hosts(last))
                .extracting(VirtualHostConfig::name)
                .containsExactly("non_sni_port_81", "non_sni_port_82");
        assertThat(load.config().clusters())
                .extracting(ClusterConfig::name)
                .containsExactly("local_port_81", "local_port_82");
    }

    @Test
    void hasNoChainForOtherNamesWhereItIsStrict() {
        Load load = load(
                "sni_support: strict",
                "services: [{server_names: [one.test], port: 81, cert_name: one}, {server_names: [b], port: 82}]");

        assertThat(load.problems()).isEmpty();
        assertThat(listener(load).filterChains())
                .singleElement()
                .satisfies(chain -> assertThat(chain.serverNames()).containsExactly("one.test"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'no'", "no", "false"})
    void hasOneChainWithoutSniSupport(String no) {
        Load load = load(NAMED, "sni_support: " + no, "services: [{server_names: [a.test], port: 81, cert_name: one}]");

        assertThat(load.problems()).isEmpty();
        assertThat(listener(load).filterChains()).hasSize(1);
        assertThat(hosts(chain(load)).getFirst().domains()).containsExactly("a.test");
    }

    @Test
    void readsTimeoutsOfThatManySeconds() {
        Load load = load(
                NAMED,
                "upstream_response_timeout: 0.0",
                "upstream_idle_timeout: 86405.5",
                "downstream_idle_timeout: 86408.5",
                "stream_idle_timeout: 180.0",
                "request_timeout: 5",
                "request_headers_timeout: 6.0",
                "delayed_close_timeout: 0.5",
                "tls_handshake_timeout: 4.0",
                "connect_timeout: 0.25");

        assertThat(load.problems()).isEmpty();
        assertThat(forward(load).timeout()).isZero();
        assertThat(forward(load).idleTimeout()).contains(Duration.ofMillis(86_405_500));
        HttpConfig http = http(load);
        assertThat(http.idleTimeout()).isEqualTo(Duration.ofMillis(86_408_500));
        assertThat(http.streamIdleTimeout()).isEqualTo(Duration.ofMinutes(3));
        assertThat(http.requestTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(http.requestHeadersTimeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(http.delayedCloseTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(chain(load).handshakeTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(load.cluster("local_port_80").connectTimeout()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void countsRequestsOfAConnectionOnlyBesideItsIdleTimeout() {
        Load alone = load(NAMED, "max_requests: 100");
        Load both = load(NAMED, "max_requests: 100", "idle_timeout: 4.5");

        assertThat(alone.cluster("local_port_80").maxRequestsPerConnection()).isZero();
        assertThat(alone.messages())
                .containsExactly(
                        "0.yaml:2:1: profile::tlsproxy::envoy::max_requests: has no effect without" + " idle_timeout");
        assertThat(both.problems()).isEmpty();
        ClusterConfig cluster = both.cluster("local_port_80");
        assertThat(cluster.maxRequestsPerConnection()).isEqualTo(100);
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofMillis(4500));
        assertThat(cluster.protocol()).isEqualTo(UpstreamProtocol.DOWNSTREAM);
    }

    @Test
    void writesARetryPolicyOnlyToForbidIt() {
        assertThat(forward(load(NAMED, "retries: true")).retry()).isEmpty();
        assertThat(forward(load(NAMED, "retries: false")).retry()).contains(RetryPolicyConfig.NONE);
        assertThat(forward(load(NAMED, "retry_policy: {retry_on: 5xx, num_retries: 2}"))
                        .retry())
                .hasValueSatisfying(retry -> assertThat(retry.numRetries()).isEqualTo(2));
    }

    @Test
    void logsErrorsOfEachChainAsItsGeneratorDoes() {
        Load load = load(
                NAMED,
                "access_log: true",
                "sni_support: 'yes'",
                "services: [{server_names: [a.test], port: 80, cert_name: one}]");

        assertThat(load.problems()).isEmpty();
        assertThat(listener(load).filterChains())
                .extracting(
                        chain -> ((HttpConfig) chain.protocol()).accessLogs().getFirst())
                .extracting(
                        log -> log.sink().toString(),
                        log -> log.filter().orElseThrow().runtimeKey(),
                        log -> log.filter().orElseThrow().value())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("File[path=/var/log/envoy/.log]", "_min_log_code", 500),
                        org.assertj.core.groups.Tuple.tuple(
                                "File[path=/var/log/envoy/global_tls.log]", "global_tls_min_log_code", 500));
    }

    @Test
    void readsWhatElseIsSaidOfHttp() {
        Load load = load(
                NAMED,
                "websockets: true",
                "use_remote_address: true",
                "generate_request_id: false",
                "header_key_format: proper_case",
                "connection_buffer_limit: 32768",
                "response_headers_to_add: {x-served-by: me}",
                "http2_options: {max_concurrent_streams: 200, initial_stream_window_size: 65535,"
                        + " initial_connection_window_size: 1048576}");

        assertThat(load.problems()).isEmpty();
        HttpConfig http = http(load);
        assertThat(http.upgrades()).containsExactly("websocket");
        assertThat(http.useRemoteAddress()).isTrue();
        assertThat(http.skipXffAppend()).isFalse();
        assertThat(http.generateRequestId()).isFalse();
        assertThat(http.headerCase()).isEqualTo(HeaderCase.PROPER_CASE_WORDS);
        assertThat(http.routes().headers().responseAdd()).containsExactly(new HeaderAddition("x-served-by", "me"));
        assertThat(http.http2())
                .isEqualTo(Http2Config.builder()
                        .maxConcurrentStreams(200)
                        .streamWindow(65535)
                        .extendedConnect(false)
                        .build());
        assertThat(listener(load).connectionBufferLimitBytes()).isEqualTo(32768);
    }

    @Test
    void readsWhatElseIsSaidOfTls() {
        Load load = load(
                "global_certs: [{cert_path: /c, key_path: /k, ocsp_path: /o}]",
                "global_tlsparams: {cipher_suites: [ECDHE-RSA-AES256-GCM-SHA384], ecdh_curves: [X25519],"
                        + " tls_min_version: TLSv1_3, tls_max_version: TLSv1_3}",
                "global_alpn_protocols: [h2, http/1.1]",
                "stek_files: [/stek]");

        assertThat(load.messages())
                .containsExactly("0.yaml:4:1: profile::tlsproxy::envoy::stek_files: has no effect: tickets are sealed"
                        + " with keys of this process alone");
        DownstreamTlsConfig tls = chain(load).tls().orElseThrow();
        assertThat(tls.certificates())
                .containsExactly(
                        CertificateFiles.of(Path.of("/c"), Path.of("/k")).stapled(Optional.of(Path.of("/o"))));
        assertThat(tls.parameters())
                .isEqualTo(new TlsParameters(
                        "TLSv1.3", "TLSv1.3", List.of("ECDHE-RSA-AES256-GCM-SHA384"), List.of("X25519")));
        assertThat(tls.alpn()).containsExactly("h2", "http/1.1");
    }

    @Test
    void reachesAServiceAtAUnixSocketOrElsewhere() {
        Load load = load(
                NAMED,
                "circuit_breakers_config: disabled",
                "services: [{server_names: [a], upstream: {path: /run/app.sock}}, {server_names: [b], upstream: {port:"
                        + " 81, addr: b.test}}]");

        assertThat(load.problems()).isEmpty();
        ClusterConfig pipe = load.cluster("local_path_/run/app.sock");
        assertThat(pipe.discovery())
                .isEqualTo(new DiscoveryConfig.Static(
                        List.of(new EndpointConfig(new Address.Pipe(Path.of("/run/app.sock"))))));
        CircuitBreakerConfig none =
                new CircuitBreakerConfig(1_000_000_000, 1_000_000_000, 1_000_000_000, 1_000_000_000);
        assertThat(pipe.circuitBreaker()).isEqualTo(none);
        assertThat(pipe.highPriorityCircuitBreaker()).isEqualTo(none);
        assertThat(load.cluster("local_port_81").discovery())
                .isInstanceOfSatisfying(
                        DiscoveryConfig.StrictDns.class,
                        dns -> assertThat(dns.refresh().family()).isEqualTo(DnsFamily.AUTO));
    }

    @Test
    void sendsReadersFromPlainTextOnToHttps() {
        Load load = load(NAMED, "redir_port: 80");

        assertThat(load.problems()).isEmpty();
        ListenerConfig redirect = load.config().listeners().getLast();
        assertThat(redirect.address()).isEqualTo(new Address.Socket("0.0.0.0", 80));
        List<RouteConfig> routes =
                hosts(redirect.filterChains().getFirst()).getFirst().routes();
        assertThat(routes.getFirst().action())
                .isEqualTo(new RouteAction.Redirect("https", "", 0, new RouteAction.PathRewrite.None(), 301, false));
        assertThat(routes.getLast().action()).isEqualTo(new RouteAction.DirectResponse(403, ""));
    }

    @ParameterizedTest
    @CsvSource({"facts.fqdn,127.0.0.1", "facts.ipaddress,127.0.0.1", "'::ipaddress6',::1"})
    void readsAFactOfTheHostAsItsLoopback(String fact, String expected) {
        Load load = load(NAMED, "upstream_addr: \"%{" + fact + "}\"");

        assertThat(load.problems()).isEmpty();
        assertThat(load.cluster("local_port_80").discovery()).isEqualTo(at(expected, 80));
    }

    @Test
    void looksUpNamesInTheSameLoadAndTellsWhatIsNotThere() {
        Load known =
                Load.of(PREFIX + "global_cert_name: \"%{lookup('profile::x::label')}.test\"", "profile::x::label: app");
        Load unknown = load("global_cert_name: \"%{lookup('profile::x::label')}.test\"");

        assertThat(known.problems()).isEmpty();
        assertThat(chain(known).tls().orElseThrow().certificates().getFirst().chain())
                .isEqualTo(PemSource.of(Path.of("/etc/ssl/localcerts/app.test.crt")));
        assertThat(unknown.errors()).isEmpty();
        assertThat(unknown.problems())
                .extracting(ConfigProblem::found)
                .containsExactly("nothing is known of %{lookup('profile::x::label')}, which stays as it is");
    }

    @Test
    void leavesTlsOutWhereTheDefaultsNameNoCertificate() {
        Load beside = Load.of(PREFIX + "tls_port: 443", """
            profile::services_proxy::envoy::listeners:
              - {name: a, port: 6001, timeout: 1s, service: a}
            service::catalog: {a: {port: 443, encryption: true}}
            """);
        Load alone = load("tls_port: 443");

        assertThat(beside.problems()).isEmpty();
        assertThat(beside.config().listeners()).extracting(ListenerConfig::name).containsOnly("a");
        assertThat(alone.messages())
                .containsExactly("0.yaml:1:1: no listeners (expected: a list of listeners, or the certificate of a TLS"
                        + " listener)");
    }

    @Test
    void standsBeforeTheListenersOfTheServicesProxy() {
        Load load = Load.of(PREFIX + NAMED, """
            profile::services_proxy::envoy::listen_ipv6: false
            profile::services_proxy::envoy::listeners:
              - {name: a, port: 6001, timeout: 1s, service: a}
            service::catalog: {a: {port: 443, encryption: true}}
            """);

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().listeners())
                .extracting(ListenerConfig::name)
                .containsExactly("tls_terminator_443", "a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls_prot: 443 | tls_prot: unknown field; did you mean tls_port?",
                "tls_port: 70000 | tls_port: 70000 (expected: 1 to 65535)",
                "lua_script: x | lua_script: not supported",
                "upstream_addr: 'a b' | upstream_addr: a b (expected: a host name or an IP address)",
                "global_certs: [{cert_path: /c}] | global_certs[0].key_path: missing (expected: a PEM file)",
                "ssl_provider: acem | ssl_provider: acem (expected: one of SSLCERT, ACME, CFSSL); did you mean ACME?",
                "upstream_response_timeout: -1 | upstream_response_timeout: -1 (expected: a number of seconds)",
                "services: [{port: 80}] | services[0].server_names: missing (expected: a list of names)",
                "services: [{server_names: a}] | services[0].port: missing (expected: 1 to 65535)",
                "global_tlsparams: {tls_min_version: TLSv1_0} | global_tlsparams.tls_min_version: TLSv1_0 (expected:"
                        + " one of TLSV1.2, TLSV1.3, TLSV1_2, TLSV1_3); did you mean TLSV1_2?",
                "http2_options: {initial_stream_window_size: 1} | http2_options.initial_stream_window_size: 1"
                        + " (expected: 65535 to 2147483647)",
            })
    void tellsWhatIsWrong(String key, String message) {
        assertThat(load(NAMED, key).messages())
                .singleElement()
                .asString()
                .endsWith("profile::tlsproxy::envoy::" + message);
    }

    @Test
    void refusesAServiceForAllNamesWithACertificateOfItsOwn() {
        Load load = load(NAMED, "sni_support: 'yes'", "services: [{server_names: ['*'], port: 80, cert_name: a}]");

        assertThat(load.errors()).extracting(ConfigProblem::found).contains("* beside a certificate of its own");
    }

    @Test
    void refusesAnInstallationThatIsToBeAbsent() {
        Load load = Load.of("profile::envoy::ensure: absent\n" + PREFIX + NAMED);

        assertThat(load.messages()).containsExactly("0.yaml:1:25: profile::envoy::ensure: absent (expected: PRESENT)");
    }

    private static Load load(String... keys) {
        StringBuilder text = new StringBuilder();
        for (String key : keys) {
            text.append(PREFIX).append(key).append('\n');
        }
        return Load.of(text.toString());
    }

    private static ListenerConfig listener(Load load) {
        return load.config().listeners().getFirst();
    }

    private static FilterChainConfig chain(Load load) {
        return listener(load).filterChains().getFirst();
    }

    private static HttpConfig http(Load load) {
        return (HttpConfig) chain(load).protocol();
    }

    private static List<VirtualHostConfig> hosts(FilterChainConfig chain) {
        return ((HttpConfig) chain.protocol()).routes().virtualHosts();
    }

    private static ForwardConfig forward(Load load) {
        return (ForwardConfig) hosts(chain(load)).getFirst().routes().getFirst().action();
    }

    private static DiscoveryConfig at(String host, int port) {
        return new DiscoveryConfig.Static(List.of(new EndpointConfig(new Address.Socket(host, port))));
    }
}
