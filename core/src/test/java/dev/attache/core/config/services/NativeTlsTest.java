package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClientCertHeader;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.Http2Config;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.OcspPolicy;
import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.config.ProxyProtocolVersion;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.TrafficDirection;
import dev.attache.core.config.UpstreamProtocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Listeners of the native form that end TLS, and what else it says of protocols. */
class NativeTlsTest {

    private static final String PAIR = "certificate: /c, key: /k";

    @Test
    void endsTlsWithSafeDefaults() {
        Load load = load("a", "tls: {" + PAIR + "}");

        assertThat(load.problems()).isEmpty();
        FilterChainConfig chain = chain(load, "a");
        assertThat(chain.serverNames()).isEmpty();
        assertThat(chain.handshakeTimeout()).isEqualTo(Duration.ofSeconds(10));
        DownstreamTlsConfig tls = chain.tls().orElseThrow();
        assertThat(tls)
                .isEqualTo(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(Path.of("/c"), Path.of("/k"))))
                        .build());
        assertThat(tls.alpn()).containsExactly("h2", "http/1.1");
        assertThat(load.listener("a").direction()).isEqualTo(TrafficDirection.INBOUND);
        assertThat(load.http("a").statPrefix()).isEqualTo("a_ingress");
    }

    @Test
    void readsAllThatCanBeSaidOfTls() {
        Load load = load(
                "a",
                "tls: {certificates: [{certificate: /c, key: /k, ocsp_staple: /o}, {certificate: /c2, key: /k2}],"
                        + " server_names: [A.test, '*.b.test'], client_ca: /ca, require_client_certificate: true,"
                        + " client_names: [a.test, '*.a.test', 'spiffe://a/*', '*@a.test', '::1'], crl: /crl,"
                        + " crl_of_leaf_only: true, alpn: [http/1.1], min_version: TLSv1.3, cipher_suites: [S],"
                        + " ecdh_curves: [X25519], session_tickets: false, session_cache: false, session_timeout: 10m,"
                        + " ocsp_policy: strict, handshake_timeout: 3s}");

        assertThat(load.problems()).isEmpty();
        assertThat(chain(load, "a").serverNames()).containsExactly("a.test", "*.b.test");
        assertThat(chain(load, "a").handshakeTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(chain(load, "a").tls())
                .contains(DownstreamTlsConfig.builder(List.of(
                                CertificateFiles.of(Path.of("/c"), Path.of("/k"))
                                        .stapled(Optional.of(Path.of("/o"))),
                                CertificateFiles.of(Path.of("/c2"), Path.of("/k2"))))
                        .trustedCa(Path.of("/ca"))
                        .requireClientCertificate(true)
                        .clientNames(List.of(
                                SubjectAltNameMatch.dns(new StringMatch.Exact("a.test", false)),
                                SubjectAltNameMatch.dns(new StringMatch.Suffix(".a.test", false)),
                                SubjectAltNameMatch.uri(new StringMatch.Prefix("spiffe://a/", false)),
                                SubjectAltNameMatch.email(new StringMatch.Suffix("@a.test", false)),
                                SubjectAltNameMatch.ipAddress(new StringMatch.Exact("::1", false))))
                        .crl(Path.of("/crl"))
                        .crlOfLeafOnly(true)
                        .alpn(List.of("http/1.1"))
                        .parameters(new TlsParameters("TLSv1.3", "TLSv1.3", List.of("S"), List.of("X25519")))
                        .sessionTickets(false)
                        .sessionCache(false)
                        .sessionTimeout(Duration.ofMinutes(10))
                        .ocspPolicy(OcspPolicy.STRICT)
                        .build());
    }

    @Test
    void sharesAPortByServerNames() {
        Load load = Load.of("""
            listeners:
              - {name: all, port: 8443, upstream: "127.0.0.1:1", tls: {%s}}
              - {name: one, port: 8443, upstream: "127.0.0.1:2", tls: {%s, server_names: [one.test]}}
              - {name: plain, port: 8080, upstream: "127.0.0.1:3"}
            """.formatted(PAIR, PAIR));

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().listeners()).extracting(ListenerConfig::name).containsExactly("all", "plain");
        assertThat(load.listener("all").filterChains())
                .extracting(chain -> chain.protocol().statPrefix())
                .containsExactly("one_ingress", "all_ingress");
    }

    @Test
    void refusesToShareAPortWhereNamesDoNotTell() {
        Load load = Load.of("""
            listeners:
              - {name: one, port: 8443, upstream: "127.0.0.1:1", tls: {%s, server_names: [a, b]}}
              - {name: two, port: 8443, upstream: "127.0.0.1:2", tls: {%s, server_names: [c, b]}}
            """.formatted(PAIR, PAIR));

        assertThat(load.messages())
                .containsExactly("0.yaml:3:23: listeners[1].port: port 8443 of listener two is taken by listener one"
                        + " (0.yaml:2:23) (expected: distinct ports, or server_names)");
    }

    @ParameterizedTest
    @CsvSource({"443,0", "8443,8443"})
    void sendsReadersFromPlainTextOn(int port, int target) {
        Load load = Load.of("listeners: [{name: a, port: " + port + ", redirect_port: 8080, upstream: \"127.0.0.1:1\","
                + " tls: {" + PAIR + "}}]");

        assertThat(load.problems()).isEmpty();
        assertThat(load.listener("a_redirect").address()).isEqualTo(Address.loopback(8080));
        assertThat(load.routes("a_redirect").getFirst().action())
                .isEqualTo(
                        new RouteAction.Redirect("https", "", target, new RouteAction.PathRewrite.None(), 301, false));
    }

    @Test
    void readsWhatIsSaidOfHttpAndItsPeers() {
        Load load = load(
                "a",
                "upgrades: [WebSocket], use_remote_address: true, xff_num_trusted_hops: 1, header_case:"
                    + " proper_case_words, proxy_protocol: optional, client_cert_header: {subject: true, uri: true},"
                    + " http2: {max_concurrent_streams: 7, header_table_size: 0, max_events_per_second: 0,"
                    + " extended_connect: false, keepalive_interval: 30s, keepalive_timeout: 5s,"
                    + " initial_stream_window_size: 65535, initial_connection_window_size: 65535}");

        assertThat(load.problems()).isEmpty();
        HttpConfig http = load.http("a");
        assertThat(http.upgrades()).containsExactly("websocket");
        assertThat(http.useRemoteAddress()).isTrue();
        assertThat(http.xffTrustedHops()).isEqualTo(1);
        assertThat(http.headerCase()).isEqualTo(HeaderCase.PROPER_CASE_WORDS);
        assertThat(http.clientCertHeader())
                .isEqualTo(new ClientCertHeader(ClientCertHeader.Mode.SANITIZE_SET, true, false, false, false, true));
        assertThat(http.http2())
                .isEqualTo(
                        new Http2Config(7, 65535, 65535, 0, 0, false, Duration.ofSeconds(30), Duration.ofSeconds(5)));
        assertThat(load.listener("a").proxyProtocol()).isEqualTo(ProxyProtocol.OPTIONAL);
    }

    @Test
    void readsWhatIsSpokenToAnUpstream() {
        Load load = load(
                "a",
                "encryption: true, upstream_protocol: http2, upstream_proxy_protocol: v2, client_certificate: {" + PAIR
                        + "}");

        assertThat(load.problems()).isEmpty();
        ClusterConfig cluster = load.cluster("a");
        assertThat(cluster.protocol()).isEqualTo(UpstreamProtocol.HTTP2);
        assertThat(cluster.proxyProtocol()).contains(ProxyProtocolVersion.V2);
        assertThat(cluster.tls().orElseThrow().clientCertificate())
                .contains(CertificateFiles.of(Path.of("/c"), Path.of("/k")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls: {certificate: /c} | tls.key: missing",
                "tls: {certificate: /c, key: /k, client_names: [a]} | tls.client_names: without client_ca",
                "tls: {certificate: /c, key: /k, crl: /crl} | tls.crl: without client_ca",
                "tls: {certificate: /c, key: /k, require_client_certificate: true} |"
                        + " tls.require_client_certificate: without client_ca",
                "tls: {certificate: /c, key: /k, server_names: ['a*']} | tls.server_names[0]: a*",
                "tls: {certificate: /c, key: /k, min_version: TLSv1.3, max_version: TLSv1.2} |"
                        + " tls.min_version: TLSv1.3 is above max_version, TLSv1.2",
                "tls: {certificate: /c, key: /k, session_timeout: 0} | tls.session_timeout: PT0S (expected: at least"
                        + " 1s)",
                "redirect_port: 80 | redirect_port: without tls",
                "http2: {initial_stream_window_size: 1} | http2.initial_stream_window_size: 1",
            })
    void tellsWhatIsWrong(String members, String message) {
        assertThat(load("a", members).errors())
                .extracting(ConfigProblem::toString)
                .singleElement()
                .asString()
                .contains("listeners[0]." + message);
    }

    private static Load load(String name, String members) {
        return Load.of(
                "listeners: [{name: " + name + ", port: 0, upstream: \"127.0.0.1:1\", timeout: 1s, " + members + "}]");
    }

    private static FilterChainConfig chain(Load load, String name) {
        return load.listener(name).filterChains().getFirst();
    }
}
