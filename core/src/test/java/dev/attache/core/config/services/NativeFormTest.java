package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.FailureBreakerConfig;
import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.LbPolicy;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.OverloadConfig;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.UpstreamTlsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Plain keys are safe where nothing is said, and say more. */
class NativeFormTest {

    @Test
    void isSafeWhereNothingIsSaid() {
        Load load = Load.of("""
            services:
              search: {port: 9243, encryption: true}
            listeners:
              - {name: search, port: 6102, service: search, upstream: search.example.org}
            """);

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().listeners())
                .extracting(ListenerConfig::address)
                .containsExactly(Address.loopback(6102));
        assertThat(load.http("search").accessLogs())
                .containsExactly(new AccessLogConfig(
                        new AccessLogConfig.Sink.File(Path.of("/dev/stdout")),
                        Optional.empty(),
                        Optional.of(new StatusFilter(StatusFilter.Op.GE, 500, "search_min_log_code"))));
        assertThat(load.http("search").serverHeader()).isEqualTo(ServerHeader.PASS_THROUGH);
        assertThat(load.forward("search").timeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(load.forward("search").retry()).isEmpty();
        assertThat(load.forward("search").host()).isEqualTo(new RouteAction.HostRewrite.None());
        ClusterConfig cluster = load.cluster("search");
        assertThat(cluster.discovery().endpoints())
                .containsExactly(new EndpointConfig(new Address.Socket("search.example.org", 9243)));
        assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofSeconds(4));
        UpstreamTlsConfig tls = cluster.tls().orElseThrow();
        assertThat(tls.verifyHost()).isTrue();
        assertThat(tls.sniFromEndpoint()).isTrue();
        assertThat(tls.systemRoots()).isTrue();
        assertThat(tls.trustedCa()).isEmpty();
        assertThat(tls.parameters().maxVersion()).isEqualTo("TLSv1.3");
        assertThat(load.config().overload()).isEqualTo(OverloadConfig.NONE);
    }

    @Test
    void needsNoCatalogueWhereTheUpstreamSaysItsPort() {
        Load load = Load.of("""
            listeners:
              - {name: a, port: 0, upstream: "127.0.0.1:8080"}
              - {name: b, port: 0, upstream: [one.example.org:443, two.example.org:444], encryption: true}
              - {name: c, bind_to_port: false, upstream: /run/app.sock}
            """);

        assertThat(load.problems()).isEmpty();
        assertThat(load.cluster("a").discovery())
                .isEqualTo(DiscoveryConfig.of(
                        "127.0.0.1", 8080, DnsRefreshConfig.builder().build()));
        assertThat(load.cluster("a").tls()).isEmpty();
        assertThat(load.cluster("b").discovery().endpoints()).hasSize(2);
        assertThat(load.cluster("b").tls()).isPresent();
        assertThat(load.cluster("c").discovery().endpoints())
                .containsExactly(new EndpointConfig(new Address.Pipe(Path.of("/run/app.sock"))));
        assertThat(load.listener("c").bindToPort()).isFalse();
    }

    @Test
    void saysMoreOfTheCluster() {
        Load load = Load.of("""
            trusted_ca: /etc/all.pem
            connect_timeout: 3s
            listeners:
              - name: a
                port: 6000
                upstream: a.example.org:443
                encryption: true
                keepalive: 9s
                sni: other.example.org
                verify_host: false
                trusted_ca: /etc/own.pem
                connect_timeout: 0.5s
                lb_policy: least_request
                max_requests_per_connection: 7
                circuit_breaker: {max_connections: 1, max_pending_requests: 2, max_requests: 3, max_retries: 4}
                failure_breaker: {failure_rate: 60, min_requests: 5, window: 20s, delay: 2s, probes: 3}
              - {name: b, port: 6001, upstream: "b.example.org:443", encryption: true, sni: false}
            """);

        assertThat(load.problems()).isEmpty();
        ClusterConfig a = load.cluster("a");
        assertThat(a.idleTimeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(a.protocol()).isEqualTo(UpstreamProtocol.HTTP1);
        assertThat(a.connectTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(a.lbPolicy()).isEqualTo(LbPolicy.LEAST_REQUEST);
        assertThat(a.maxRequestsPerConnection()).isEqualTo(7);
        assertThat(a.circuitBreaker()).isEqualTo(new CircuitBreakerConfig(1, 2, 3, 4));
        assertThat(a.failureBreaker())
                .contains(new FailureBreakerConfig(60, 5, Duration.ofSeconds(20), Duration.ofSeconds(2), 3));
        UpstreamTlsConfig tls = a.tls().orElseThrow();
        assertThat(tls.sni()).isEqualTo("other.example.org");
        assertThat(tls.verifyHost()).isFalse();
        assertThat(tls.trustedCa()).contains(PemSource.of(Path.of("/etc/own.pem")));
        assertThat(tls.systemRoots()).isFalse();
        ClusterConfig b = load.cluster("b");
        assertThat(b.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(b.tls().orElseThrow().sniFromEndpoint()).isFalse();
        assertThat(b.tls().orElseThrow().verifyHost()).isTrue();
        assertThat(b.tls().orElseThrow().trustedCa()).contains(PemSource.of(Path.of("/etc/all.pem")));
    }

    @Test
    void saysMoreOfTheListener() {
        Load load = Load.of("""
            listeners:
              - name: a
                port: 6000
                upstream: a.example.org:80
                listen_address: [127.0.0.2, "::1"]
                access_log_path: /tmp/a.log
                min_log_code: 200
                filters: [audit]
                request_headers: {set: {x-a: "1"}, add: {x-b: "%START_TIME%"}, remove: [X-C]}
                response_headers: {remove: [server]}
                allow_half_close: false
                normalize_path: true
                merge_slashes: true
                accept_http_10: true
                xfp: https
              - {name: b, port: 6000, upstream: "a.example.org:80", access_log_path: /dev/null}
            """);

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().listeners())
                .extracting(ListenerConfig::address)
                .containsExactly(
                        new Address.Socket("127.0.0.2", 6000),
                        new Address.Socket("::1", 6000),
                        new Address.Socket("127.0.0.1", 6000));
        var http = load.http("a");
        assertThat(http.accessLogs().getFirst().sink()).isEqualTo(new AccessLogConfig.Sink.File(Path.of("/tmp/a.log")));
        assertThat(http.accessLogs().getFirst().filter())
                .contains(new StatusFilter(StatusFilter.Op.GE, 200, "a_min_log_code"));
        assertThat(http.filters()).containsExactly(new FilterConfig.Extension("audit"));
        assertThat(http.routes().headers().requestAdd())
                .containsExactly(
                        new HeaderAddition("x-forwarded-proto", "https"),
                        new HeaderAddition("x-a", "1", HeaderAddition.Action.OVERWRITE_IF_EXISTS_OR_ADD, false),
                        new HeaderAddition("x-b", "%START_TIME%"));
        assertThat(http.routes().headers().requestRemove()).containsExactly("x-forwarded-proto", "x-c");
        assertThat(http.routes().headers().responseRemove()).containsExactly("server");
        assertThat(http.allowHalfClose()).isFalse();
        assertThat(http.normalizePath()).isTrue();
        assertThat(http.mergeSlashes()).isTrue();
        assertThat(http.acceptHttp10()).isTrue();
        assertThat(load.http("b").accessLogs()).isEmpty();
    }

    @Test
    void givesASplitTheParentsConnectionsUnlessItHasItsOwn() {
        Load load = Load.of("""
            services: {a: {port: 1, encryption: true}, b: {port: 2}}
            listeners:
              - name: a
                port: 6000
                service: a
                upstream: a.example.org
                keepalive: 4s
                split: {service: b, upstream: b.example.org, percentage: 10, keepalive: 2s}
                splits: [{name: c, host_regex: c, service: b, upstream: c.example.org}]
            """);

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().clusters())
                .extracting(ClusterConfig::name)
                .containsExactlyInAnyOrder("a", "a-split", "a-c");
        assertThat(load.cluster("a-split").idleTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(load.cluster("a-c").idleTimeout()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void listensOnBothLoopbackAddressesWhereAsked() {
        assertThat(Load.of("""
            listen_ipv6: true
            listeners: [{name: a, port: 6000, upstream: "127.0.0.1:1"}]
            """).config().listeners())
                .extracting(ListenerConfig::address)
                .containsExactly(new Address.Socket("::1", 6000), new Address.Socket("127.0.0.1", 6000));
    }

    @Test
    void reportsToGraphite() {
        assertThat(Load.of("""
            stats: {graphite: {address: "graphite.example.org:2003", prefix: attache, interval: 60s}}
            listeners: [{name: a, port: 6000, upstream: "127.0.0.1:1"}]
            """).config().stats().graphite())
                .contains(new StatsConfig.Graphite(
                        new Address.Socket("graphite.example.org", 2003), "attache", Duration.ofSeconds(60)));
    }
}
