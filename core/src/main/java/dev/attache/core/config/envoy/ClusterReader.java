package dev.attache.core.config.envoy;

import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.LbPolicy;
import dev.attache.core.config.TcpKeepalive;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code Cluster}. */
final class ClusterReader {

    private final Context context;
    private final DiscoveryReader discovery;
    private final UpstreamTlsReader tls;
    private final UpstreamProtocolReader protocols;
    private final HealthCheckReader healthChecks;

    ClusterReader(Context context, DnsReader dns) {
        this.context = context;
        this.discovery = new DiscoveryReader(context, dns);
        this.tls = new UpstreamTlsReader(context);
        this.protocols = new UpstreamProtocolReader();
        this.healthChecks = new HealthCheckReader(context);
    }

    /** A cluster; one whose other parts are wrong is still answered under its name, so that routes find it. */
    Optional<ClusterConfig> read(Section section) {
        refuseWhatIsNotServed(section);
        String name = section.requiredString("name");
        DiscoveryConfig endpoints = discovery.read(section).orElse(new DiscoveryConfig.Static(List.of()));
        ClusterConfig.Builder builder = Defaults.ENVOY
                .cluster(name, endpoints)
                .statName(section.string("alt_stat_name", ""))
                .healthChecks(healthChecks.read(section));
        section.duration("connect_timeout").ifPresent(builder::connectTimeout);
        section.value("lb_policy").flatMap(ClusterReader::balancer).ifPresent(builder::lbPolicy);
        section.section("circuit_breakers").ifPresent(breakers -> breakers(breakers, builder));
        section.section("upstream_connection_options")
                .flatMap(ClusterReader::keepalive)
                .ifPresent(builder::tcpKeepalive);
        UpstreamProtocolReader.Protocol protocol = protocols.read(section, builder);
        tls.read(section, builder).ifPresent(transport -> {
            if (protocol.autoSni()) {
                transport.autoSni(true);
            }
            if (protocol.autoSanValidation()) {
                transport.verifyHost(true);
            }
            builder.tls(tls.build(section, transport));
        });
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return section.make(builder::build)
                .or(() -> Optional.of(Defaults.ENVOY.cluster(name, endpoints).build()))
                .map(cluster -> context.at(section, cluster));
    }

    private static Optional<LbPolicy> balancer(Value value) {
        return value.enumeration(LbPolicy.class);
    }

    private static void breakers(Section section, ClusterConfig.Builder builder) {
        section.unsupported("per_host_thresholds");
        Map<String, Boolean> priorities = new LinkedHashMap<>();
        priorities.put("DEFAULT", false);
        priorities.put("HIGH", true);
        for (Section threshold : section.sections("thresholds")) {
            threshold.ignore("track_remaining", "max_connection_pools");
            threshold.unsupported("retry_budget");
            CircuitBreakerConfig.Builder limits = CircuitBreakerConfig.builder();
            threshold.integer("max_connections", 0, 4294967295L).ifPresent(limits::maxConnections);
            threshold.integer("max_pending_requests", 0, 4294967295L).ifPresent(limits::maxPendingRequests);
            threshold.integer("max_requests", 0, 4294967295L).ifPresent(limits::maxRequests);
            threshold.integer("max_retries", 0, 4294967295L).ifPresent(limits::maxRetries);
            if (threshold.choice("priority", priorities).orElse(false)) {
                builder.highPriorityCircuitBreaker(limits.build());
            } else {
                builder.circuitBreaker(limits.build());
            }
        }
    }

    private static Optional<TcpKeepalive> keepalive(Section section) {
        section.ignore("set_local_interface_name_on_upstream_connections", "happy_eyeballs_config");
        return section.section("tcp_keepalive").flatMap(tcp -> {
            int probes = seconds(tcp, "keepalive_probes");
            int time = seconds(tcp, "keepalive_time");
            int interval = seconds(tcp, "keepalive_interval");
            return tcp.make(() -> new TcpKeepalive(probes, time, interval));
        });
    }

    private static int seconds(Section section, String key) {
        return section.integer(key, 0, Integer.MAX_VALUE).orElse(0L).intValue();
    }

    /** What the balancers say of themselves: of all that only the even choice by weight is served. */
    private static void balancing(Section cluster) {
        cluster.section("common_lb_config").ifPresent(section -> {
            // Of health alone: every endpoint counts as healthy here.
            section.ignore(
                    "healthy_panic_threshold",
                    "update_merge_window",
                    "ignore_new_hosts_until_first_hc",
                    "override_host_status",
                    "consistent_hashing_lb_config");
            section.unserved("locality_weighted_lb_config", "zone_aware_lb_config");
            section.unservedUnless(false, "close_connections_on_host_set_change");
        });
        cluster.section("round_robin_lb_config").ifPresent(ClusterReader::slowStart);
        cluster.section("least_request_lb_config").ifPresent(section -> {
            slowStart(section);
            section.unserved("active_request_bias");
            section.choice("selection_method", Map.of("N_CHOICES", true, "FULL_SCAN", false))
                    .filter(drawn -> !drawn)
                    .ifPresent(_ -> section.unserved("selection_method"));
            section.integer("choice_count", 2, 4294967295L)
                    .filter(drawn -> drawn != 2)
                    .ifPresent(_ -> section.unserved("choice_count"));
        });
    }

    private static void slowStart(Section section) {
        section.unserved("slow_start_config", "locality_lb_config");
    }

    private static void refuseWhatIsNotServed(Section section) {
        section.ignore(
                "cleanup_interval",
                "close_connections_on_host_health_failure",
                "ignore_health_on_host_removal",
                "metadata",
                "per_connection_buffer_limit_bytes",
                "track_cluster_stats",
                "track_timeout_budgets",
                "wait_for_warm_on_init");
        section.withoutEffect("preconnect_policy");
        balancing(section);
        section.unsupported(
                "eds_cluster_config",
                "filters",
                "load_balancing_policy",
                "lb_subset_config",
                "lrs_server",
                "lrs_report_endpoint_metrics",
                "maglev_lb_config",
                "original_dst_lb_config",
                "outlier_detection",
                "ring_hash_lb_config",
                "transport_socket_matches",
                "upstream_bind_config",
                "upstream_config");
        section.removed("hosts", "load_assignment");
        section.removed("tls_context", "transport_socket");
        section.removed("extension_protocol_options", "typed_extension_protocol_options");
        section.unsupportedUnlessFalse("connection_pool_per_downstream_connection");
    }
}
