package dev.attache.core.config.envoy;

import dev.attache.core.config.Defaults;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ProtocolConfig;
import dev.attache.core.config.TcpProxyConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code FilterChain}, which ends in HTTP or in raw TCP. */
final class FilterChainReader {

    private static final String HTTP =
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private static final String TCP = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

    private final Context context;
    private final HttpReader http;
    private final DownstreamTlsReader tls;

    FilterChainReader(Context context) {
        this.context = context;
        this.http = new HttpReader(context);
        this.tls = new DownstreamTlsReader(context);
    }

    Optional<FilterChainConfig> read(Section section) {
        section.ignore("metadata", "name");
        section.removed("tls_context", "transport_socket");
        section.ignore("use_proxy_proto"); // Read for the listener as a whole.
        Optional<DownstreamTlsConfig> transport = tls.read(section);
        section.section("filter_chain_match")
                .filter(match -> match.has("transport_protocol") && !section.has("transport_socket"))
                .ifPresent(match -> match.error(
                        "transport_protocol", "tls in a filter chain for plain text", "a transport_socket as well"));
        List<String> serverNames = section.section("filter_chain_match")
                .map(match -> serverNames(match))
                .orElse(List.of());
        Optional<ProtocolConfig> protocol = protocol(section);
        Optional<Duration> handshakeTimeout = section.duration("transport_socket_connect_timeout");
        return protocol.map(it -> {
            FilterChainConfig.Builder chain = Defaults.ENVOY.filterChain(it).serverNames(serverNames);
            transport.ifPresent(chain::tls);
            handshakeTimeout.ifPresent(chain::handshakeTimeout);
            return context.at(section, chain.build());
        });
    }

    private static List<String> serverNames(Section section) {
        section.unsupported(
                "destination_port",
                "prefix_ranges",
                "address_suffix",
                "suffix_len",
                "direct_source_prefix_ranges",
                "source_type",
                "source_prefix_ranges",
                "source_ports",
                "application_protocols");
        section.choice("transport_protocol", Map.of("TLS", true));
        List<String> names = new ArrayList<>();
        for (Value item : section.items("server_names")) {
            String name = item.string().orElse("").toLowerCase(Locale.ROOT);
            if (!name.matches("(\\*\\.)?[^*]+")) {
                item.error("a server name, or *.suffix");
            } else {
                names.add(name);
            }
        }
        return names;
    }

    private Optional<ProtocolConfig> protocol(Section section) {
        Optional<ProtocolConfig> protocol = Optional.empty();
        List<Section> filters = section.sections("filters");
        for (Section filter : filters) {
            filter.unsupported("config_discovery");
            Optional<Extension> chosen = Extension.read(filter, List.of(HTTP, TCP), Map.of());
            Optional<? extends ProtocolConfig> read =
                    chosen.flatMap(it -> it.type().equals(HTTP) ? http.read(it.config()) : tcp(it.config()));
            if (protocol.isPresent()) {
                filter.error("a second filter that ends the chain", "one HttpConnectionManager or one TcpProxy");
            } else {
                protocol = read.map(it -> it);
            }
        }
        if (filters.isEmpty()) {
            section.required("filters", "an HttpConnectionManager or a TcpProxy");
        }
        return protocol;
    }

    private Optional<TcpProxyConfig> tcp(Section section) {
        section.withoutEffect("max_connect_attempts", "access_log", "access_log_options", "upstream_idle_timeout");
        section.unsupported(
                "weighted_clusters",
                "metadata_match",
                "hash_policy",
                "tunneling_config",
                "max_downstream_connection_duration",
                "on_demand");
        String statPrefix = section.requiredString("stat_prefix");
        Optional<Value> cluster = section.required("cluster", "the name of a cluster");
        Duration idleTimeout = section.duration("idle_timeout").orElse(Duration.ofHours(1));
        return cluster.flatMap(Value::string)
                .map(name -> context.at(section, new TcpProxyConfig(statPrefix, name, idleTimeout)));
    }
}
