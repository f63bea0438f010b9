package dev.attache.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnservedTest {

    private static final HttpConfig PLAIN =
            HttpConfig.forwarding("a", ForwardConfig.to("a").build()).build();
    private static final TracingConfig TRACING = new TracingConfig("otel", Duration.ofMillis(250), "", 100);
    private static final DownstreamTlsConfig TLS =
            DownstreamTlsConfig.builder(List.of()).build();

    @Test
    void findsNothingInWhatIsServed() {
        ProxyConfig config = with(PLAIN);

        assertThat(Unserved.features(config)).isEmpty();
        assertThat(Unserved.without(config)).isSameAs(config);
    }

    @Test
    void tellsEachFeatureOnceWithItsListeners() {
        List<ListenerConfig> listeners = new ArrayList<>();
        IntStream.range(0, 7)
                .forEach(i -> listeners.add(ListenerConfig.http(
                                Address.loopback(0),
                                PLAIN.toBuilder()
                                        .statPrefix("l" + i)
                                        .tracing(TRACING)
                                        .build())
                        .build()));
        Positions positions = new Positions();
        positions.put(listeners.getFirst(), new Source("envoy.yaml", 4, 3), "listeners[0]");

        assertThat(Unserved.problems(
                        ProxyConfig.builder().listeners(listeners).build(), positions, Unserved.Policy.REFUSE))
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        "envoy.yaml:4:3: listeners[0]: tracing (listener l0, listener l1, listener l2, listener l3,"
                                + " listener l4 and 2 more) is not served yet (expected: a configuration without it, or"
                                + " --allow-unserved to leave it out)");
    }

    @Test
    void leavesOutWhatDoesNotProtectWhenAllowed() {
        HttpConfig http = PLAIN.toBuilder()
                .tracing(TRACING)
                .filters(List.of(
                        new FilterConfig.Fault(503, new RuntimeFraction(1, 100, ""), 0),
                        new FilterConfig.Extension("mine")))
                .upgrades(Set.of("websocket"))
                .build();
        ProxyConfig config = ProxyConfig.builder()
                .listener(ListenerConfig.http(Address.loopback(1), http).build())
                .listener(ListenerConfig.builder(
                                Address.loopback(2),
                                List.of(FilterChainConfig.builder(new TcpProxyConfig("t", "a", Duration.ZERO))
                                        .build()))
                        .build())
                .cluster(ClusterConfig.to("a", "10.0.0.1", 80)
                        .healthChecks(List.of(new HealthCheckConfig(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                Duration.ZERO,
                                3,
                                3,
                                false,
                                Optional.empty())))
                        .build())
                .build();

        assertThat(Unserved.problems(config, new Positions(), Unserved.Policy.LEAVE_OUT))
                .hasSize(4)
                .noneMatch(ConfigProblem::isError);

        ProxyConfig left = Unserved.without(config);
        assertThat(Unserved.features(left)).isEmpty();
        assertThat(left.clusters()).extracting(ClusterConfig::name).containsExactly("a");
        assertThat(left.listeners()).singleElement().satisfies(listener -> {
            HttpConfig kept = (HttpConfig) listener.filterChains().getFirst().protocol();
            assertThat(kept.filters()).containsExactly(new FilterConfig.Extension("mine"));
            assertThat(kept.upgrades()).containsExactly("websocket");
        });
    }

    @Test
    void alwaysRefusesWhatProtects() {
        HttpConfig limited = PLAIN.toBuilder()
                .filters(List.of(new FilterConfig.RateLimit("d", "a", Duration.ofMillis(20), false, true, true)))
                .build();
        FilterChainConfig tls = FilterChainConfig.builder(limited)
                .tls(DownstreamTlsConfig.builder(List.of())
                        .requireClientCertificate(true)
                        .build())
                .build();
        ProxyConfig config = ProxyConfig.builder()
                .listener(ListenerConfig.builder(Address.loopback(1), List.of(tls))
                        .build())
                .build();

        assertThat(Unserved.problems(config, new Positions(), Unserved.Policy.LEAVE_OUT))
                .hasSize(1)
                .allMatch(ConfigProblem::isError);
        assertThat(Unserved.features(Unserved.without(config))).containsExactly(Unserved.Feature.RATE_LIMIT);
    }

    private static ProxyConfig with(HttpConfig http) {
        return ProxyConfig.builder()
                .listener(ListenerConfig.http(Address.loopback(0), http).build())
                .build();
    }
}
