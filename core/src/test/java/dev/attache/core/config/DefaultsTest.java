package dev.attache.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DefaultsTest {

    private static final RouteTableConfig NO_ROUTES = RouteTableConfig.builder().build();
    private static final DiscoveryConfig NOWHERE = new DiscoveryConfig.Static(List.of());

    @ParameterizedTest
    @EnumSource
    void limitsHeadsAndBreakersAlikeInEveryLanguage(Defaults language) {
        HttpConfig http = language.http("a", NO_ROUTES).build();
        ClusterConfig cluster = language.cluster("a", NOWHERE).build();

        assertThat(http.maxRequestHeadersKb()).isEqualTo(60);
        assertThat(http.maxHeadersCount()).isEqualTo(100);
        assertThat(cluster.maxResponseHeadersKb()).isEqualTo(60);
        assertThat(cluster.maxHeadersCount()).isEqualTo(100);
        assertThat(cluster.circuitBreaker()).isEqualTo(new CircuitBreakerConfig(1024, 1024, 1024, 3));
        assertThat(cluster.highPriorityCircuitBreaker()).isEqualTo(new CircuitBreakerConfig(1024, 1024, 1024, 3));
        assertThat(cluster.failureBreaker()).isEmpty();
        assertThat(cluster.tls()).isEmpty();
        assertThat(language.dnsRefresh().build().rate()).isEqualTo(Duration.ofSeconds(5));
        assertThat(http.streamIdleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(http.serverName()).isEqualTo("envoy");
    }

    @Test
    void isSafeInTheNativeForm() {
        HttpConfig http = Defaults.NATIVE.http("a", NO_ROUTES).build();
        ClusterConfig cluster = Defaults.NATIVE.cluster("a", NOWHERE).build();
        UpstreamTlsConfig tls = Defaults.NATIVE.tls().build();

        assertThat(http.serverHeader()).isEqualTo(ServerHeader.PASS_THROUGH);
        assertThat(http.enableTrailers()).isTrue();
        assertThat(http.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(http.requestHeadersTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(cluster.pendingTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(cluster.minBodyRate()).isEqualTo(500);
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(cluster.acceptBareLf()).isFalse();
        assertThat(tls.verifyHost()).isTrue();
        assertThat(tls.sniFromEndpoint()).isTrue();
        assertThat(tls.systemRoots()).isTrue();
        assertThat(tls.parameters().maxVersion()).isEqualTo("TLSv1.3");
        assertThat(Defaults.NATIVE
                        .listener(Address.loopback(0), chains(http))
                        .build()
                        .maxConnections())
                .isEqualTo(10_000);
    }

    @Test
    void doesWhatEnvoyDoesForAnEnvoyFile() {
        HttpConfig http = Defaults.ENVOY.http("a", NO_ROUTES).build();
        ClusterConfig cluster = Defaults.ENVOY.cluster("a", NOWHERE).build();
        UpstreamTlsConfig tls = Defaults.ENVOY.tls().build();

        assertThat(http.serverHeader()).isEqualTo(ServerHeader.OVERWRITE);
        assertThat(http.enableTrailers()).isFalse();
        assertThat(http.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(http.requestHeadersTimeout()).isZero();
        assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(cluster.pendingTimeout()).isZero();
        assertThat(cluster.minBodyRate()).isZero();
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(cluster.enableTrailers()).isFalse();
        assertThat(cluster.acceptBareLf()).isTrue();
        assertThat(tls.verifyHost()).isFalse();
        assertThat(tls.sniFromEndpoint()).isFalse();
        assertThat(tls.systemRoots()).isFalse();
        assertThat(tls.trustedCa()).isEmpty();
        assertThat(tls.parameters().maxVersion()).isEqualTo("TLSv1.2");
        assertThat(Defaults.ENVOY
                        .listener(Address.loopback(0), chains(http))
                        .build()
                        .maxConnections())
                .isZero();
    }

    @Test
    void addsWhatWikimediasGeneratorWritesForItsFiles() {
        ClusterConfig cluster = Defaults.WIKIMEDIA.cluster("a", NOWHERE).build();
        UpstreamTlsConfig tls = Defaults.WIKIMEDIA.tls().build();

        assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(cluster.pendingTimeout()).isZero();
        assertThat(cluster.minBodyRate()).isZero();
        assertThat(cluster.acceptBareLf()).isTrue();
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(tls.trustedCa()).isEqualTo(Optional.of(PemSource.of(Path.of("/etc/ssl/certs/ca-certificates.crt"))));
        assertThat(tls.verifyHost()).isFalse();
        assertThat(tls.sniFromEndpoint()).isFalse();
        assertThat(tls.parameters().maxVersion()).isEqualTo("TLSv1.2");
        assertThat(tls.parameters().cipherSuites())
                .containsExactly("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384");
        assertThat(Defaults.WIKIMEDIA.dnsRefresh().build().family()).isEqualTo(DnsFamily.V4_ONLY);
        assertThat(Defaults.WIKIMEDIA.overload().maxConnections()).isEqualTo(50_000);
    }

    @Test
    void letsAnEmbedderSayAWholeProxyInAFewLines() {
        ProxyConfig config = ProxyConfig.builder()
                .cluster(ClusterConfig.to("search", "search.example.org", 443)
                        .tls()
                        .build())
                .listener(ListenerConfig.http(
                                Address.loopback(6102),
                                HttpConfig.forwarding(
                                                "search",
                                                ForwardConfig.to("search").build())
                                        .build())
                        .build())
                .build();

        assertThat(config.listeners()).singleElement().satisfies(listener -> {
            assertThat(listener.name()).isEqualTo("search");
            assertThat(listener.address()).hasToString("127.0.0.1:6102");
        });
        assertThat(config.clusters()).singleElement().satisfies(cluster -> {
            assertThat(cluster.discovery()).isInstanceOf(DiscoveryConfig.StrictDns.class);
            assertThat(cluster.tls())
                    .hasValueSatisfying(tls -> assertThat(tls.verifyHost()).isTrue());
        });
        assertThat(ClusterConfig.to("a", "10.0.0.1", 80).build().discovery())
                .isInstanceOf(DiscoveryConfig.Static.class);
        assertThat(ClusterConfig.to("a", "::1", 80).build().discovery()).isInstanceOf(DiscoveryConfig.Static.class);
    }

    private static List<FilterChainConfig> chains(HttpConfig http) {
        return List.of(FilterChainConfig.builder(http).build());
    }
}
