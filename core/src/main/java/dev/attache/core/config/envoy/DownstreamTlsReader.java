package dev.attache.core.config.envoy;

import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.OcspPolicy;
import dev.attache.core.config.PeerValidation;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.yaml.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code transport_socket} of a filter chain. */
final class DownstreamTlsReader {

    private static final String TLS = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
    private static final String RAW = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";

    private static final Map<String, OcspPolicy> OCSP_POLICIES = Map.of(
            "LENIENT_STAPLING", OcspPolicy.LENIENT,
            "STRICT_STAPLING", OcspPolicy.STRICT,
            "MUST_STAPLE", OcspPolicy.MUST_STAPLE);

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
                .flatMap(chosen -> downstream(chosen.config()));
    }

    private Optional<DownstreamTlsConfig> downstream(Section section) {
        section.unservedUnless(false, "full_scan_certs_on_sni_mismatch", "prefer_client_ciphers");
        section.warning(
                "require_sni", "has no effect, as in Envoy: a filter chain with server_names refuses other names");
        TlsReader.Common common = tls.common(section, TlsParameters.MODERN);
        Optional<Section> written = section.section("common_tls_context");
        if (written.isEmpty()
                || !(written.get().has("tls_certificates")
                        || written.get().has("tls_certificate_sds_secret_configs"))) {
            section.consequence(
                    "common_tls_context",
                    "no certificate",
                    "tls_certificates or tls_certificate_sds_secret_configs",
                    "common_tls_context");
        }
        PeerValidation peer = common.peer();
        if (peer.systemRoots()) {
            written.orElse(section).error("system_root_certs for client certificates", "trusted_ca");
        }
        DownstreamTlsConfig.Builder tls = DownstreamTlsConfig.builder(common.certificates())
                .parameters(common.parameters())
                .alpn(common.alpn())
                .requireClientCertificate(section.bool("require_client_certificate", false))
                .validation(peer);
        section.choice("ocsp_staple_policy", OCSP_POLICIES).ifPresent(tls::ocspPolicy);
        resumption(section, tls);
        return section.make(tls::build).map(made -> context.at(section, made));
    }

    private static void resumption(Section section, DownstreamTlsConfig.Builder tls) {
        section.oneOf(
                "session_ticket_keys", "session_ticket_keys_sds_secret_config", "disable_stateless_session_resumption");
        String ownKeys = "has no effect: tickets are sealed with keys of this process alone";
        section.warning("session_ticket_keys", ownKeys);
        section.warning("session_ticket_keys_sds_secret_config", ownKeys);
        section.section("session_ticket_keys").ifPresent(Section::ignoreRest);
        tls.sessionTickets(!section.bool("disable_stateless_session_resumption", false))
                .sessionCache(!section.bool("disable_stateful_session_resumption", false));
        section.duration("session_timeout").ifPresent(tls::sessionTimeout);
    }
}
