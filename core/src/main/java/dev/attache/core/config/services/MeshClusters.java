package dev.attache.core.config.services;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.UpstreamTlsConfig;
import java.time.Duration;

/** Clusters that Wikimedia's generators add by themselves, for features that are parsed and not served yet. */
final class MeshClusters {

    static final String TRACES = "otel-collector";
    static final String RATE_LIMIT = "ratelimit";

    private MeshClusters() {}

    static ClusterConfig traces(Settings settings) {
        Defaults defaults = settings.dialect().defaults();
        return defaults.cluster(TRACES, DiscoveryConfig.of("127.0.0.1", 4317, settings.refresh()))
                .connectTimeout(Duration.ofSeconds(1))
                .protocol(UpstreamProtocol.HTTP2)
                .build();
    }

    static ClusterConfig rateLimit(Settings settings) {
        Defaults defaults = settings.dialect().defaults();
        UpstreamTlsConfig.Builder tls = defaults.tls();
        settings.trustedCa().ifPresent(tls::trustedCa);
        String host = "ratelimit-main.ratelimit.svc.cluster.local.";
        return defaults.cluster(RATE_LIMIT, DiscoveryConfig.of(host, 8081, settings.refresh()))
                .protocol(UpstreamProtocol.HTTP2)
                .tls(tls.build())
                .build();
    }
}
