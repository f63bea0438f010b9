package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ClientCertHeader;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.config.ProxyProtocolVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a bootstrap says about who is at the other end: the PROXY protocol and the header of client certificates. */
class EnvoyPeersTest {

    private static final String FILTER =
            "{name: p, typed_config: {\"@type\": type.googleapis.com/" + ProxyProtocolReader.LISTENER_FILTER + "%s}}";
    private static final String RAW = "{name: envoy.transport_sockets.raw_buffer}";

    @Test
    void takesTheHeaderOfClientCertificatesAwayUnlessItIsTold() {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withHttp("route_config: {}"));

        assertThat(http(outcome).clientCertHeader()).isEqualTo(ClientCertHeader.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void readsWhatBecomesOfTheHeaderOfClientCertificates(ClientCertHeader.Mode mode) {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withHttp("route_config: {}\n"
                + "forward_client_cert_details: " + mode + "\n"
                + "set_current_client_cert_details: {subject: true, dns: true, uri: true, cert: false}"));

        assertThat(outcome.told()).isEmpty();
        assertThat(http(outcome).clientCertHeader())
                .isEqualTo(new ClientCertHeader(mode, true, false, false, true, true));
    }

    @Test
    void readsTheHeadersThatOnlyTheInternalMaySend() {
        Bootstraps.Outcome outcome =
                Bootstraps.read(Bootstraps.withHttp("route_config: {internal_only_headers: [X-Secret, x-other]}"));

        assertThat(outcome.told()).isEmpty();
        assertThat(http(outcome).routes().internalOnlyHeaders()).containsExactlyInAnyOrder("x-secret", "x-other");
    }

    @ParameterizedTest
    @CsvSource({"'',REQUIRED", "', allow_requests_without_proxy_protocol: true',OPTIONAL"})
    void readsTheListenerFilterOfTheProxyProtocol(String members, ProxyProtocol expected) {
        Bootstraps.Outcome outcome = Bootstraps.read(withListener("listener_filters: " + FILTER.formatted(members)));

        assertThat(outcome.told()).isEmpty();
        assertThat(listener(outcome).proxyProtocol()).isEqualTo(expected);
    }

    @Test
    void readsTheEarlierFormOfTheProxyProtocol() {
        Bootstraps.Outcome all =
                Bootstraps.read(withListener("").replace("- filters:", "- use_proxy_proto: true\n          filters:"));
        Bootstraps.Outcome some = Bootstraps.read(withListener("default_filter_chain: {use_proxy_proto: true, filters:"
            + " {typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,"
            + " stat_prefix: t, cluster: c}}}"));

        assertThat(all.told()).isEmpty();
        assertThat(listener(all).proxyProtocol()).isEqualTo(ProxyProtocol.REQUIRED);
        assertThat(some.told())
                .singleElement()
                .asString()
                .endsWith(
                        "default_filter_chain.use_proxy_proto: true, but not in every filter chain (expected: the same"
                                + " in all of them)");
    }

    @ParameterizedTest
    @CsvSource({"'',V1", "', config: {version: V1}',V1", "', config: {version: V2}',V2"})
    void readsTheProxyProtocolTowardAClusterAroundPlainText(String members, ProxyProtocolVersion expected) {
        ClusterConfig cluster = cluster(members + ", transport_socket: " + RAW);

        assertThat(cluster.proxyProtocol()).contains(expected);
        assertThat(cluster.tls()).isEmpty();
    }

    @Test
    void readsTlsInsideTheProxyProtocol() {
        ClusterConfig cluster = cluster(", transport_socket: {typed_config: {\"@type\": "
                + "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, sni: a.test}}");

        assertThat(cluster.proxyProtocol()).contains(ProxyProtocolVersion.V1);
        assertThat(cluster.tls())
                .hasValueSatisfying(tls -> assertThat(tls.sni()).isEqualTo("a.test"));
    }

    private static ClusterConfig cluster(String members) {
        Bootstraps.Outcome outcome = Bootstraps.read(
                Bootstraps.withCluster("transport_socket: {typed_config: {\"@type\": type.googleapis.com/"
                        + ProxyProtocolReader.TRANSPORT + members + "}}"));
        assertThat(outcome.told()).isEmpty();
        return outcome.config().clusters().getFirst();
    }

    private static String withListener(String members) {
        String text = Bootstraps.withHttp("route_config: {}");
        List<String> lines = members.lines().map(line -> "      " + line + "\n").toList();
        return text + String.join("", lines);
    }

    private static ListenerConfig listener(Bootstraps.Outcome outcome) {
        return outcome.config().listeners().getFirst();
    }

    private static HttpConfig http(Bootstraps.Outcome outcome) {
        return (HttpConfig) listener(outcome).filterChains().getFirst().protocol();
    }
}
