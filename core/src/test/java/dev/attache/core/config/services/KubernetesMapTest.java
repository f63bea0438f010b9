package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.TcpKeepalive;
import dev.attache.core.config.UpstreamProtocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The map of the Kubernetes charts keeps the meaning that the charts give it. */
class KubernetesMapTest {

    private static final String MAP = """
        services_proxy:
          alpha:
            port: 6003
            timeout: 10s
            xfp: https
            retry_policy: {retry_on: 5xx, num_retries: 2}
            upstream:
              ips: [10.2.1.42/32]
              address: alpha.discovery.wmnet
              port: 4592
              encryption: true
              keepalive: 4.5s
              idle_timeout: 180s
              sets_sni: true
              tcp_keepalive: {keepalive_time: 300}
          beta:
            port: 6004
            timeout: 3s
            http_host: b.example.org
            upstream: {address: alpha.discovery.wmnet, port: 4592, encryption: false}
        """;

    @Test
    void givesEachListenerAClusterOfItsOwn() {
        Load load = Load.of(MAP);

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().listeners())
                .extracting(ListenerConfig::address)
                .containsExactly(
                        new Address.Socket("::", 6003),
                        new Address.Socket("0.0.0.0", 6003),
                        new Address.Socket("::", 6004),
                        new Address.Socket("0.0.0.0", 6004));
        assertThat(load.config().clusters()).extracting(ClusterConfig::name).containsExactly("alpha", "beta");
        assertThat(load.http("alpha").accessLogs().getFirst().sink())
                .isEqualTo(new AccessLogConfig.Sink.File(Path.of("/dev/stdout")));
        assertThat(load.http("alpha").internalAddresses().cidrRanges())
                .containsExactly("10.0.0.0/8", "127.0.0.1/32", "::1/128");
    }

    @Test
    void readsWhatTheUpstreamSaysOfItself() {
        Load load = Load.of(MAP);

        ClusterConfig alpha = load.cluster("alpha");
        assertThat(alpha.discovery().endpoints())
                .containsExactly(new EndpointConfig(new Address.Socket("alpha.discovery.wmnet", 4592)));
        assertThat(alpha.idleTimeout()).isEqualTo(Duration.ofMillis(4500));
        assertThat(alpha.maxRequestsPerConnection()).isEqualTo(1000);
        assertThat(alpha.protocol()).isEqualTo(UpstreamProtocol.DOWNSTREAM);
        assertThat(alpha.tcpKeepalive()).contains(new TcpKeepalive(0, 300, 0));
        assertThat(alpha.tls().orElseThrow().sni()).isEqualTo("alpha.discovery.wmnet");
        assertThat(load.forward("alpha").idleTimeout()).contains(Duration.ofSeconds(180));
        assertThat(load.forward("alpha").host()).isEqualTo(new RouteAction.HostRewrite.Auto());
        assertThat(load.forward("alpha").retry().orElseThrow().numRetries()).isEqualTo(2);
        assertThat(load.http("alpha").routes().headers().requestAdd())
                .containsExactly(new HeaderAddition("x-forwarded-proto", "https"));
        assertThat(load.cluster("beta").tls()).isEmpty();
        assertThat(load.forward("beta").retry()).isEmpty();
        assertThat(load.forward("beta").host()).isEqualTo(new RouteAction.HostRewrite.Literal("b.example.org"));
    }

    @Test
    void givesASplitItsOwnConnections() {
        Load load = Load.of("""
            services_proxy:
              citoid:
                port: 6014
                timeout: 10s
                upstream: {address: citoid.discovery.wmnet, port: 4003, encryption: true, sets_sni: true}
                split: {address: b.discovery.wmnet, port: 4448, encryption: true, keepalive: 5s, percentage: 55}
            """);

        assertThat(load.problems()).isEmpty();
        RouteConfig split = load.routes("citoid").getFirst();
        assertThat(split.match().fraction()).contains(new RuntimeFraction(55, 100, "routing.traffic_shift.citoid"));
        ForwardConfig forward = (ForwardConfig) split.action();
        assertThat(forward.clusters().getFirst().cluster()).isEqualTo("citoid-split");
        assertThat(forward.host()).isEqualTo(new RouteAction.HostRewrite.None());
        assertThat(load.cluster("citoid-split").idleTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(load.cluster("citoid-split").tls().orElseThrow().sni()).isEmpty();
        assertThat(load.forward("citoid").host()).isEqualTo(new RouteAction.HostRewrite.Auto());
    }

    @Test
    void enablesTheListenersOfARelease() {
        assertThat(Load.of(MAP, "discovery: {listeners: [beta], other: {x: 1}}")
                        .config()
                        .listeners())
                .extracting(ListenerConfig::name)
                .containsExactly("beta", "beta");
        assertThat(Load.of(MAP, "enabled_listeners: [alpha]").config().clusters())
                .extracting(ClusterConfig::name)
                .containsExactly("alpha");
    }

    @Test
    void neverDropsARateLimitThatIsAskedFor() {
        Load load = Load.of(MAP, "discovery: {listeners: [beta], ratelimit_listeners: {beta: {domain: d}}}");

        assertThat(load.problems()).isEmpty();
        assertThat(load.http("beta").filters())
                .containsExactly(
                        new FilterConfig.RateLimit("d", "ratelimit", Duration.ofMillis(20), false, true, true));
        assertThat(load.config().clusters()).extracting(ClusterConfig::name).contains("ratelimit");
    }

    @Test
    void leavesOutAPortThatIsTakenOnlyWhereNothingWasChosen() {
        String map = MAP.replace("6004", "6003");

        assertThat(Load.of(map).messages())
                .containsExactly("0.yaml:17:11: services_proxy.beta.port: port 6003 of listener beta is taken by"
                        + " listener alpha (0.yaml:3:11); left out, enabled_listeners can choose it");
        assertThat(Load.of(map, "enabled_listeners: [alpha, beta]").errors()).hasSize(1);
        assertThat(Load.of(map, "enabled_listeners: [beta]").problems()).isEqualTo(List.of());
    }
}
