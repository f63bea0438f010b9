package dev.attache.core.config.envoy;

import dev.attache.core.config.Address;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.TrafficDirection;
import dev.attache.core.config.yaml.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code Listener}. */
final class ListenerReader {

    private static final String TLS_INSPECTOR = "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector";
    private static final String HTTP_INSPECTOR = "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector";

    private static final List<String> FILTERS =
            List.of(TLS_INSPECTOR, HTTP_INSPECTOR, ProxyProtocolReader.LISTENER_FILTER);
    private static final Map<String, String> FILTER_NAMES = Map.of(
            "envoy.filters.listener.tls_inspector", TLS_INSPECTOR,
            "envoy.listener.tls_inspector", TLS_INSPECTOR,
            "envoy.filters.listener.http_inspector", HTTP_INSPECTOR,
            "envoy.listener.http_inspector", HTTP_INSPECTOR,
            "envoy.filters.listener.proxy_protocol", ProxyProtocolReader.LISTENER_FILTER,
            "envoy.listener.proxy_protocol", ProxyProtocolReader.LISTENER_FILTER);

    /** The time that a client has for what its connection begins with; Envoy's default. */
    private static final Duration LISTENER_FILTERS_TIMEOUT = Duration.ofSeconds(15);

    /** Stands for an address that is refused, so that the rest is read all the same. */
    private static final Address NOWHERE = Address.loopback(0);

    private final Context context;
    private final RuntimeConfig runtime;
    private final Addresses addresses;
    private final FilterChainReader filterChains;

    ListenerReader(Context context, RuntimeConfig runtime) {
        this.context = context;
        this.runtime = runtime;
        this.addresses = new Addresses(context);
        this.filterChains = new FilterChainReader(context);
    }

    Optional<ListenerConfig> read(Section section) {
        refuseWhatIsNotServed(section);
        Optional<Address> address = addresses.read(section);
        Optional<ProxyProtocol> proxyProtocol = listenerFilters(section);
        List<FilterChainConfig> chains = chains(section);
        String name = section.string("name", "");
        ListenerConfig.Builder builder = Defaults.ENVOY
                .listener(address.orElse(NOWHERE), chains)
                .name(name)
                .statPrefix(section.string("stat_prefix", ""))
                .ignoreGlobalConnectionLimit(section.bool("ignore_global_conn_limit", false));
        proxyProtocol
                .or(() -> ProxyProtocolReader.legacy(chainSections(section)))
                .ifPresent(builder::proxyProtocol);
        RuntimeReader.number(runtime, "envoy.resource_limits.listener." + name + ".connection_limit")
                .ifPresent(builder::maxConnections);
        section.enumeration("traffic_direction", TrafficDirection.class).ifPresent(builder::direction);
        section.oneOf("bind_to_port", "deprecated_v1");
        section.bool("bind_to_port")
                .or(() -> section.section("deprecated_v1").flatMap(v1 -> v1.bool("bind_to_port")))
                .ifPresent(builder::bindToPort);
        section.integer("tcp_backlog_size", 0, Integer.MAX_VALUE).ifPresent(size -> builder.backlog(size.intValue()));
        section.integer("tcp_fast_open_queue_length", 0, Integer.MAX_VALUE)
                .ifPresent(size -> builder.tcpFastOpenQueue(size.intValue()));
        section.integer("per_connection_buffer_limit_bytes", 0, 4294967295L)
                .ifPresent(builder::connectionBufferLimitBytes);
        if (address.isEmpty() || chains.isEmpty()) {
            return Optional.empty();
        }
        return section.make(builder::build).map(listener -> context.at(section, listener));
    }

    private static void refuseWhatIsNotServed(Section section) {
        section.ignore(
                "bypass_overload_manager",
                "connection_balance_config",
                "drain_type",
                "enable_reuse_port",
                "max_connections_to_accept_per_socket_event",
                "metadata",
                "reuse_port");
        section.unserved("tcp_keepalive");
        section.unservedUnless(false, "continue_on_listener_filters_timeout");
        section.duration("listener_filters_timeout")
                .filter(time -> !time.equals(LISTENER_FILTERS_TIMEOUT))
                .ifPresent(_ -> section.unserved("listener_filters_timeout"));
        section.withoutEffect("access_log");
        section.unsupported(
                "additional_addresses",
                "api_listener",
                "fcds_config",
                "filter_chain_matcher",
                "internal_listener",
                "listener_specifier",
                "socket_options",
                "udp_listener_config");
        section.unsupportedUnlessFalse(
                "enable_mptcp",
                "freebind",
                "transparent",
                "use_original_dst",
                "hidden_envoy_deprecated_use_proxy_proto");
    }

    // The inspectors are taken and ignored: every listener looks at what its connections begin with.
    private static Optional<ProxyProtocol> listenerFilters(Section section) {
        Optional<ProxyProtocol> proxyProtocol = Optional.empty();
        for (Section filter : section.sections("listener_filters")) {
            filter.unsupported("config_discovery", "filter_disabled");
            Optional<Extension> chosen = Extension.read(filter, FILTERS, FILTER_NAMES);
            if (chosen.isEmpty()) {
                continue;
            }
            if (chosen.get().type().equals(ProxyProtocolReader.LISTENER_FILTER)) {
                proxyProtocol =
                        Optional.of(ProxyProtocolReader.downstream(chosen.get().config()));
            } else {
                inspector(chosen.get().config());
            }
        }
        return proxyProtocol;
    }

    private static void inspector(Section section) {
        section.ignore(
                "close_connection_on_client_hello_parsing_errors",
                "enable_ja3_fingerprinting",
                "enable_ja4_fingerprinting",
                "initial_read_buffer_size",
                "max_client_hello_size");
    }

    private List<FilterChainConfig> chains(Section section) {
        List<FilterChainConfig> chains = new ArrayList<>();
        for (Section chain : section.sections("filter_chains")) {
            filterChains.read(chain).ifPresent(chains::add);
        }
        Optional<Section> last = section.section("default_filter_chain");
        last.flatMap(filterChains::read).ifPresent(chains::add);
        if (section.sections("filter_chains").isEmpty() && last.isEmpty()) {
            section.required("filter_chains", "at least one filter chain");
        }
        return chains;
    }

    private static List<Section> chainSections(Section section) {
        List<Section> sections = new ArrayList<>(section.sections("filter_chains"));
        section.section("default_filter_chain").ifPresent(sections::add);
        return sections;
    }
}
