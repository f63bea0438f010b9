package dev.attache.core.config.envoy;

import dev.attache.core.config.ClientCertHeader;
import dev.attache.core.config.yaml.Section;
import java.util.Optional;

/** Envoy's {@code forward_client_cert_details} and {@code set_current_client_cert_details}. */
final class ClientCertReader {

    private ClientCertReader() {}

    static ClientCertHeader read(Section section) {
        ClientCertHeader.Mode mode = section.enumeration("forward_client_cert_details", ClientCertHeader.Mode.class)
                .orElse(ClientCertHeader.Mode.SANITIZE);
        Optional<Section> details = section.section("set_current_client_cert_details");
        return new ClientCertHeader(
                mode,
                said(details, "subject"),
                said(details, "cert"),
                said(details, "chain"),
                said(details, "dns"),
                said(details, "uri"));
    }

    private static boolean said(Optional<Section> details, String key) {
        return details.flatMap(section -> section.bool(key)).orElse(false);
    }
}
