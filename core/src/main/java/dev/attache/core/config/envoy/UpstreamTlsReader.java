package dev.attache.core.config.envoy;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code transport_socket} of a cluster. */
final class UpstreamTlsReader {

    private static final String TLS = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
    private static final String RAW = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";

    private static final Map<String, String> NAMES = Map.of("envoy.transport_sockets.raw_buffer", RAW);

    private final Context context;
    private final TlsReader tls;

    UpstreamTlsReader(Context context) {
        this.context = context;
        this.tls = new TlsReader(context);
    }

    /** TLS toward a cluster, empty for plain text; the PROXY protocol around it goes into {@code cluster}. */
    Optional<UpstreamTlsConfig.Builder> read(Section section, ClusterConfig.Builder cluster) {
        return section.section("transport_socket")
                .flatMap(socket -> Extension.read(socket, List.of(TLS, RAW, ProxyProtocolReader.TRANSPORT), NAMES))
                .flatMap(chosen -> unwrapped(chosen, cluster))
                .filter(chosen -> chosen.type().equals(TLS))
                .map(chosen -> upstream(chosen.config()));
    }

    private static Optional<Extension> unwrapped(Extension chosen, ClusterConfig.Builder cluster) {
        if (!chosen.type().equals(ProxyProtocolReader.TRANSPORT)) {
            return Optional.of(chosen);
        }
        cluster.proxyProtocol(ProxyProtocolReader.upstream(chosen.config()));
        return chosen.config()
                .required("transport_socket", "the transport socket inside")
                .map(Value::section)
                .flatMap(inner -> Extension.read(inner, List.of(TLS, RAW), NAMES));
    }

    private UpstreamTlsConfig.Builder upstream(Section section) {
        section.unsupportedUnlessFalse("allow_renegotiation", "enforce_rsa_key_usage");
        TlsReader.Common common = tls.common(section, TlsParameters.ENVOY_CLIENT);
        UpstreamTlsConfig.Builder builder = Defaults.ENVOY
                .tls()
                .validation(common.peer())
                .parameters(common.parameters())
                .alpn(common.alpn())
                .sniFromEndpoint(section.bool("auto_host_sni", false))
                .verifyHost(section.bool("auto_sni_san_validation", false));
        section.string("sni").ifPresent(builder::sni);
        section.integer("max_session_keys", 0, Integer.MAX_VALUE)
                .ifPresent(keys -> builder.maxSessionKeys(keys.intValue()));
        if (common.certificates().size() > 1) {
            section.error(common.certificates().size() + " certificates", "at most one toward a cluster");
        }
        common.certificates().stream().findFirst().ifPresent(builder::clientCertificate);
        return builder;
    }

    /** Builds, and notes where it was written. */
    UpstreamTlsConfig build(Section cluster, UpstreamTlsConfig.Builder builder) {
        return context.at(cluster.section("transport_socket").orElse(cluster), builder.build());
    }
}
