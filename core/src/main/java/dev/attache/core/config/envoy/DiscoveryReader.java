package dev.attache.core.config.envoy;

import dev.attache.core.config.Address;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the endpoints of a cluster come from: {@code type}, {@code load_assignment} and the {@code dns_} fields. */
final class DiscoveryReader {

    private static final String DNS_CLUSTER = "envoy.extensions.clusters.dns.v3.DnsCluster";

    private enum Kind {
        STATIC,
        STRICT_DNS,
        LOGICAL_DNS
    }

    private final Context context;
    private final Addresses addresses;
    private final DnsReader dns;

    DiscoveryReader(Context context, DnsReader dns) {
        this.context = context;
        this.addresses = new Addresses(context);
        this.dns = dns;
    }

    Optional<DiscoveryConfig> read(Section section) {
        section.oneOf("type", "cluster_type");
        Kind kind = section.enumeration("type", Kind.class).orElse(Kind.STATIC);
        Optional<Section> dnsCluster = section.section("cluster_type")
                .flatMap(type -> Extension.read(type, List.of(DNS_CLUSTER), Map.of()))
                .map(Extension::config);
        Section dnsFields = dnsCluster.orElse(section);
        Optional<DnsRefreshConfig> refresh = refresh(dnsFields);
        if (dnsCluster.isPresent()) {
            boolean logical = dnsFields.bool("all_addresses_in_single_endpoint", false);
            kind = logical ? Kind.LOGICAL_DNS : Kind.STRICT_DNS;
        }
        List<EndpointConfig> endpoints = endpoints(section, kind);
        if (kind != Kind.STATIC) {
            dns.cluster(dnsFields);
        }
        return switch (kind) {
            case STATIC -> Optional.of(new DiscoveryConfig.Static(endpoints));
            case STRICT_DNS -> refresh.map(it -> new DiscoveryConfig.StrictDns(endpoints, it));
            case LOGICAL_DNS -> refresh.flatMap(it -> logical(section, endpoints, it));
        };
    }

    private static Optional<DiscoveryConfig> logical(
            Section section, List<EndpointConfig> endpoints, DnsRefreshConfig refresh) {
        if (endpoints.size() != 1) {
            section.consequence(
                    "load_assignment",
                    endpoints.size() + " endpoints",
                    "exactly 1 for LOGICAL_DNS",
                    "load_assignment",
                    "hosts");
            return Optional.empty();
        }
        return Optional.of(new DiscoveryConfig.LogicalDns(endpoints, refresh));
    }

    private static Optional<DnsRefreshConfig> refresh(Section section) {
        DnsRefreshConfig.Builder builder = Defaults.ENVOY.dnsRefresh();
        section.duration("dns_refresh_rate").ifPresent(builder::rate);
        section.bool("respect_dns_ttl").ifPresent(builder::respectTtl);
        section.duration("dns_jitter").ifPresent(builder::jitter);
        section.enumeration("dns_lookup_family", DnsFamily.class).ifPresent(builder::family);
        section.section("dns_failure_refresh_rate").ifPresent(failure -> {
            failure.required("base_interval", "a duration")
                    .flatMap(Value::duration)
                    .ifPresent(builder::failureBase);
            failure.duration("max_interval").ifPresent(builder::failureMax);
        });
        return section.make(builder::build);
    }

    private List<EndpointConfig> endpoints(Section section, Kind kind) {
        List<EndpointConfig> endpoints = new ArrayList<>();
        Optional<Section> assignment = section.section("load_assignment");
        if (assignment.isEmpty()) {
            if (!section.has("hosts") && !section.has("eds_cluster_config")) {
                section.required("load_assignment", "endpoints");
            }
            return endpoints;
        }
        assignment.get().ignore("cluster_name");
        assignment.get().section("policy").ifPresent(policy -> {
            // Of priorities and health alone, neither of which is served.
            policy.ignore("overprovisioning_factor", "endpoint_stale_after", "weighted_priority_health");
            policy.unserved("drop_overloads");
        });
        assignment.get().unsupported("named_endpoints");
        for (Section locality : assignment.get().sections("endpoints")) {
            locality.ignore("locality", "metadata", "proximity");
            // As in Envoy: only locality_weighted_lb_config makes a difference of it.
            locality.integer("load_balancing_weight", 1, 4294967295L);
            locality.unsupported("load_balancer_endpoints", "leds_cluster_locality_config");
            locality.integer("priority", 0, 0);
            for (Section item : locality.sections("lb_endpoints")) {
                endpoint(item, kind).ifPresent(endpoints::add);
            }
        }
        return endpoints;
    }

    private Optional<EndpointConfig> endpoint(Section item, Kind kind) {
        item.ignore("metadata");
        item.unsupported("endpoint_name");
        Map<String, Boolean> healthy = new LinkedHashMap<>();
        healthy.put("UNKNOWN", true);
        healthy.put("HEALTHY", true);
        item.choice("health_status", healthy);
        int weight = item.integer("load_balancing_weight", 1, Integer.MAX_VALUE)
                .orElse(1L)
                .intValue();
        Section endpoint = item.requiredSection("endpoint");
        endpoint.withoutEffect("health_check_config");
        endpoint.unsupported("additional_addresses");
        String hostname = endpoint.string("hostname", "");
        return addresses
                .read(endpoint)
                .filter(address -> suits(endpoint, address, kind))
                .map(address -> context.at(endpoint, new EndpointConfig(address, hostname, weight)));
    }

    /** Static endpoints are IP addresses or unix sockets, DNS has names to look up (or addresses that need none). */
    private static boolean suits(Section endpoint, Address address, Kind kind) {
        boolean suits = switch (address) {
            case Address.Pipe _ -> kind == Kind.STATIC;
            case Address.Socket socket -> kind != Kind.STATIC || isIpAddress(socket.host());
        };
        if (!suits) {
            String expected = kind == Kind.STATIC ? "an IP address, or type: STRICT_DNS" : "a name, or type: STATIC";
            endpoint.section("address")
                    .ifPresent(section -> section.error(address + " in a " + kind + " cluster", expected));
        }
        return suits;
    }

    private static boolean isIpAddress(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }
}
