package dev.attache.core.config.envoy;

import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.config.ProxyProtocolVersion;
import dev.attache.core.config.yaml.Section;
import java.util.List;
import java.util.Optional;

/** The PROXY protocol of a listener (a listener filter) and of a cluster (a transport socket around another). */
final class ProxyProtocolReader {

    static final String LISTENER_FILTER = "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol";
    static final String TRANSPORT =
            "envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport";

    private ProxyProtocolReader() {}

    /** The listener filter. */
    static ProxyProtocol downstream(Section filter) {
        filter.ignore("stat_prefix", "tlv_location");
        filter.withoutEffect("rules");
        filter.unserved("pass_through_tlvs");
        filter.unsupported("disallowed_versions");
        boolean others = filter.bool("allow_requests_without_proxy_protocol", false);
        return others ? ProxyProtocol.OPTIONAL : ProxyProtocol.REQUIRED;
    }

    /** What the filter chains say in Envoy's earlier form, which holds for the whole listener. */
    static Optional<ProxyProtocol> legacy(List<Section> filterChains) {
        List<Section> asking = filterChains.stream()
                .filter(chain -> chain.bool("use_proxy_proto", false))
                .toList();
        if (!asking.isEmpty() && asking.size() < filterChains.size()) {
            asking.getFirst()
                    .error("use_proxy_proto", "true, but not in every filter chain", "the same in all of them");
        }
        return asking.isEmpty() ? Optional.empty() : Optional.of(ProxyProtocol.REQUIRED);
    }

    /** The version that the transport socket sends. */
    static ProxyProtocolVersion upstream(Section transport) {
        transport.ignore("tlv_as_pool_key");
        transport.unservedUnless(false, "allow_unspecified_address");
        Optional<Section> config = transport.section("config");
        config.ifPresent(section -> {
            section.unserved("pass_through_tlvs");
            section.unsupported("added_tlvs");
        });
        return config.flatMap(section -> section.enumeration("version", ProxyProtocolVersion.class))
                .orElse(ProxyProtocolVersion.V1);
    }
}
