package dev.attache.core.config.envoy;

import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.yaml.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code transport_socket} of a filter chain. */
final class DownstreamTlsReader {

    private static final String TLS = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
    private static final String RAW = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";

    private final Context context;
    private final TlsReader tls;

    DownstreamTlsReader(Context context) {
        this.context = context;
        this.tls = new TlsReader(context);
    }

    /** TLS of a filter chain, empty for plain text. */
    Optional<DownstreamTlsConfig> read(Section chain) {
        return chain.section("transport_socket")
                .flatMap(socket ->
                        Extension.read(socket, List.of(TLS, RAW), Map.of("envoy.transport_sockets.raw_buffer", RAW)))
                .filter(chosen -> chosen.type().equals(TLS))
                .map(chosen -> downstream(chosen.config()));
    }

    private DownstreamTlsConfig downstream(Section section) {
        section.withoutEffect(
                "session_ticket_keys",
                "session_ticket_keys_sds_secret_config",
                "disable_stateless_session_resumption",
                "disable_stateful_session_resumption",
                "session_timeout",
                "ocsp_staple_policy",
                "full_scan_certs_on_sni_mismatch",
                "prefer_client_ciphers");
        section.unsupportedUnlessFalse("require_sni");
        TlsReader.Common common = tls.common(section, TlsParameters.MODERN);
        Optional<Section> written = section.section("common_tls_context");
        if (written.isEmpty()
                || !(written.get().has("tls_certificates")
                        || written.get().has("tls_certificate_sds_secret_configs"))) {
            section.error("no certificate", "tls_certificates or tls_certificate_sds_secret_configs");
        }
        if (!common.subjectAltNames().isEmpty()) {
            section.error("names of client certificates are not supported", "trusted_ca alone");
        }
        boolean required = section.bool("require_client_certificate", false);
        DownstreamTlsConfig.Builder tls = DownstreamTlsConfig.builder(common.certificates())
                .parameters(common.parameters())
                .alpn(common.alpn())
                .requireClientCertificate(required);
        common.trustedCa().ifPresent(tls::trustedCa);
        return context.at(section, tls.build());
    }
}
