package dev.attache.admin;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.listeners.Attache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /certs}: the certificates in the files that the configuration names, as they are on disk now. */
record CertsEndpoint(Attache proxy) implements AdminEndpoint {

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
        ProxyConfig config = proxy.config();
        Set<Path> authorities = new LinkedHashSet<>();
        Set<Path> chains = new LinkedHashSet<>();
        for (ClusterConfig cluster : config.clusters()) {
            cluster.tls().flatMap(UpstreamTlsConfig::trustedCa).ifPresent(authorities::add);
            cluster.tls().flatMap(UpstreamTlsConfig::clientCertificate).ifPresent(pair -> chains.add(pair.chain()));
        }
        for (ListenerConfig listener : config.listeners()) {
            for (FilterChainConfig chain : listener.filterChains()) {
                chain.tls().flatMap(DownstreamTlsConfig::trustedCa).ifPresent(authorities::add);
                chain.tls().map(DownstreamTlsConfig::certificates).orElse(List.of()).stream()
                        .map(CertificateFiles::chain)
                        .forEach(chains::add);
            }
        }
        List<Object> certificates = new ArrayList<>();
        authorities.forEach(file -> certificates.add(Map.of("ca_cert", details(file), "cert_chain", List.of())));
        chains.forEach(file -> certificates.add(Map.of("ca_cert", List.of(), "cert_chain", details(file))));
        return AdminReply.json(Json.write(Map.of("certificates", certificates)));
    }

    private static List<Object> details(Path file) {
        List<Object> details = new ArrayList<>();
        try (InputStream pem = Files.newInputStream(file)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                details.add(details(file, (X509Certificate) certificate));
            }
        } catch (IOException | CertificateException unreadable) {
            details.add(Map.of("path", file.toString(), "error", String.valueOf(unreadable.getMessage())));
        }
        return details;
    }

    private static Map<String, Object> details(Path file, X509Certificate certificate) {
        Map<String, Object> details = new LinkedHashMap<>();
        Instant expiry = certificate.getNotAfter().toInstant();
        details.put("path", file.toString());
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
