package dev.attache.admin;

import dev.attache.core.net.CertificateState;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code /certs}: the certificates that are in use, which are those of the files unless these cannot be used. */
record CertsEndpoint(Supplier<List<CertificateState>> certificates) implements AdminEndpoint {

    @Override
    public String path() {
        return "/certs";
    }

    @Override
    public String help() {
        return "print certs on machine";
    }

    @Override
    public AdminReply answer(AdminQuery query) {
        List<Object> entries =
                certificates.get().stream().<Object>map(CertsEndpoint::entry).toList();
        return AdminReply.json(Json.write(Map.of("certificates", entries)));
    }

    /** As Envoy has it, and besides who uses the certificates, and what became of the files after a change. */
    private static Map<String, Object> entry(CertificateState state) {
        List<Object> details = state.certificates().stream()
                .<Object>map(certificate -> details(state.source(), certificate))
                .toList();
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("ca_cert", state.trusted() ? details : List.of());
        entry.put("cert_chain", state.trusted() ? List.of() : details);
        entry.put("users", state.users());
        entry.put("reload_failures", state.failures());
        if (!state.lastError().isEmpty()) {
            entry.put("reload_error", state.lastError());
        }
        return entry;
    }

    private static Map<String, Object> details(String source, X509Certificate certificate) {
        Map<String, Object> details = new LinkedHashMap<>();
        Instant expiry = certificate.getNotAfter().toInstant();
        details.put("path", source);
        details.put("serial_number", certificate.getSerialNumber().toString(16));
        details.put("subject", certificate.getSubjectX500Principal().getName());
        details.put("subject_alt_names", names(certificate));
        details.put(
                "days_until_expiration",
                Long.toString(Duration.between(Instant.now(), expiry).toDays()));
        details.put("valid_from", certificate.getNotBefore().toInstant().toString());
        details.put("expiration_time", expiry.toString());
        return details;
    }

    private static List<Object> names(X509Certificate certificate) {
        List<Object> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                switch ((Integer) name.getFirst()) {
                    case 2 -> names.add(Map.of("dns", name.getLast()));
                    case 6 -> names.add(Map.of("uri", name.getLast()));
                    case 7 -> names.add(Map.of("ip_address", name.getLast()));
                    default -> {}
                }
            }
        } catch (CertificateParsingException broken) {
            names.add(Map.of("error", String.valueOf(broken.getMessage())));
        }
        return names;
    }
}
