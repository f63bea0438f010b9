package dev.attache.core.config.services;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.FailureBreakerConfig;
import dev.attache.core.config.LbPolicy;
import dev.attache.core.config.ProxyProtocolVersion;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What only the native form can say of a cluster; empty means the default.
 *
 * @param sni server name; {@code true} and {@code false} turn it on and off
 */
record ClusterTuning(
        Optional<Duration> connectTimeout,
        Optional<LbPolicy> lbPolicy,
        Optional<Long> maxRequestsPerConnection,
        Optional<CircuitBreakerConfig> circuitBreaker,
        Optional<FailureBreakerConfig> failureBreaker,
        Optional<Path> trustedCa,
        Optional<Boolean> verifyHost,
        Optional<String> sni,
        Optional<CertificateFiles> clientCertificate,
        Optional<UpstreamProtocol> protocol,
        Optional<ProxyProtocolVersion> proxyProtocol,
        Optional<Boolean> acceptBareLf) {

    static final ClusterTuning NONE = new ClusterTuning(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    static ClusterTuning read(Section section, Notes notes) {
        return new ClusterTuning(
                notes.positive(section, "connect_timeout"),
                section.enumeration("lb_policy", LbPolicy.class),
                section.integer("max_requests_per_connection", 0, Long.MAX_VALUE),
                section.section("circuit_breaker").flatMap(ClusterTuning::circuitBreaker),
                section.section("failure_breaker").flatMap(ClusterTuning::failureBreaker),
                section.value("trusted_ca").flatMap(notes::file),
                section.bool("verify_host"),
                section.value("sni").flatMap(Value::string),
                section.section("client_certificate").flatMap(it -> ListenerTls.certificate(it, notes)),
                section.enumeration("upstream_protocol", UpstreamProtocol.class),
                section.enumeration("upstream_proxy_protocol", ProxyProtocolVersion.class),
                section.bool("upstream_bare_lf"));
    }

    private static Optional<CircuitBreakerConfig> circuitBreaker(Section section) {
        CircuitBreakerConfig.Builder builder = CircuitBreakerConfig.builder();
        long most = 4294967295L;
        section.integer("max_connections", 0, most).ifPresent(builder::maxConnections);
        section.integer("max_pending_requests", 0, most).ifPresent(builder::maxPendingRequests);
        section.integer("max_requests", 0, most).ifPresent(builder::maxRequests);
        section.integer("max_retries", 0, most).ifPresent(builder::maxRetries);
        return section.make(builder::build);
    }

    private static Optional<FailureBreakerConfig> failureBreaker(Section section) {
        FailureBreakerConfig.Builder builder = FailureBreakerConfig.builder();
        section.integer("failure_rate", 1, 100).map(Long::intValue).ifPresent(builder::failureRatePercent);
        section.integer("min_requests", 1, Integer.MAX_VALUE)
                .map(Long::intValue)
                .ifPresent(builder::minRequests);
        section.duration("window").ifPresent(builder::window);
        section.duration("delay").ifPresent(builder::delay);
        section.integer("probes", 1, Integer.MAX_VALUE).map(Long::intValue).ifPresent(builder::probes);
        return section.make(builder::build);
    }

    void apply(ClusterConfig.Builder cluster) {
        connectTimeout.ifPresent(cluster::connectTimeout);
        lbPolicy.ifPresent(cluster::lbPolicy);
        maxRequestsPerConnection.ifPresent(cluster::maxRequestsPerConnection);
        circuitBreaker.ifPresent(cluster::circuitBreaker);
        failureBreaker.ifPresent(cluster::failureBreaker);
        protocol.ifPresent(cluster::protocol);
        proxyProtocol.ifPresent(cluster::proxyProtocol);
        acceptBareLf.ifPresent(cluster::acceptBareLf);
    }

    void apply(UpstreamTlsConfig.Builder tls) {
        trustedCa.ifPresent(ca -> tls.trustedCa(ca).systemRoots(false));
        verifyHost.ifPresent(tls::verifyHost);
        clientCertificate.ifPresent(tls::clientCertificate);
        sni.ifPresent(name -> {
            switch (name) {
                case "true" -> tls.sniFromEndpoint(true);
                case "false" -> tls.sniFromEndpoint(false).sni("");
                default -> tls.sniFromEndpoint(false).sni(name);
            }
        });
    }
}
