package dev.attache.core.config.envoy;

import dev.attache.core.config.Address;
import dev.attache.core.config.DnsConfig;
import dev.attache.core.config.yaml.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where names are looked up: {@code typed_dns_resolver_config}, {@code dns_resolution_config} and their older forms. The
 * proxy has one resolver, so what a cluster says of its own must be what the bootstrap or every other cluster says.
 */
final class DnsReader {

    private static final String CARES = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig";
    private static final String GETADDRINFO =
            "envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig";

    private final List<Section> clusters = new ArrayList<>();

    DnsReader() {}

    /** Notes a cluster that looks names up. */
    void cluster(Section section) {
        clusters.add(section);
    }

    /** The resolver of the proxy, once all clusters have been noted. */
    DnsConfig read(Section bootstrap) {
        Optional<DnsConfig> whole = config(bootstrap);
        List<Optional<DnsConfig>> own = clusters.stream().map(this::config).toList();
        DnsConfig common = whole.or(() -> own.stream().flatMap(Optional::stream).findFirst())
                .orElse(DnsConfig.builder().build());
        for (int i = 0; i < own.size(); i++) {
            Optional<DnsConfig> said = own.get(i).or(() -> whole);
            if (!said.orElse(DnsConfig.builder().build()).equals(common)) {
                clusters.get(i)
                        .error("a DNS resolver other than that of the bootstrap or of other clusters", "one resolver");
            }
        }
        return common;
    }

    private Optional<DnsConfig> config(Section section) {
        section.oneOf("typed_dns_resolver_config", "dns_resolution_config", "dns_resolvers");
        DnsConfig.Builder builder = DnsConfig.builder();
        Optional<Section> message = section.section("typed_dns_resolver_config")
                .flatMap(it -> Extension.read(it, List.of(CARES, GETADDRINFO), Map.of()))
                .map(Extension::config)
                .or(() -> section.section("dns_resolution_config"));
        Optional<Boolean> tcp = section.bool("use_tcp_for_dns_lookups");
        boolean listed = section.has("dns_resolvers");
        if (listed) {
            builder.servers(servers(section, "dns_resolvers"));
        }
        message.ifPresent(config -> resolver(config, builder));
        tcp.ifPresent(builder::tcpOnly);
        return message.isPresent() || listed || tcp.isPresent() ? section.make(builder::build) : Optional.empty();
    }

    private void resolver(Section section, DnsConfig.Builder builder) {
        section.ignore(
                "edns0_max_payload_size",
                "max_udp_channel_duration",
                "num_resolver_threads",
                "num_retries",
                "query_tries",
                "reinit_channel_on_timeout",
                "rotate_nameservers",
                "udp_max_queries");
        section.unservedUnless(false, "filter_unroutable_families", "use_resolvers_as_fallback");
        builder.servers(servers(section, "resolvers"));
        section.integer("query_timeout_seconds", 1, 3600)
                .ifPresent(seconds -> builder.timeout(Duration.ofSeconds(seconds)));
        section.section("dns_resolver_options").ifPresent(options -> {
            options.bool("use_tcp_for_dns_lookups").ifPresent(builder::tcpOnly);
            if (options.bool("no_default_search_domain", false)) {
                builder.search(List.of());
            }
        });
    }

    private List<Address.Socket> servers(Section owner, String key) {
        List<Address.Socket> servers = new ArrayList<>();
        for (Section server : owner.sections(key)) {
            Section socket = server.requiredSection("socket_address");
            // Unlike other addresses, a server of names may leave its port out.
            String host = socket.requiredString("address");
            socket.ignore("protocol");
            long port = socket.integer("port_value", 1, 65535).orElse(53L);
            socket.make(() -> new Address.Socket(host, (int) port)).ifPresent(servers::add);
        }
        return servers;
    }
}
