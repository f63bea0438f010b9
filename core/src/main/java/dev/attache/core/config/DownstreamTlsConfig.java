package dev.attache.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * TLS of a listener. Parsed; not served yet.
 *
 * @param certificates key pairs; at least one
 * @param parameters versions, suites, curves
 * @param alpn protocols offered; empty for none
 * @param requireClientCertificate refuses clients without a certificate
 * @param trustedCa PEM bundle that client certificates are verified against
 */
public record DownstreamTlsConfig(
        List<CertificateFiles> certificates,
        TlsParameters parameters,
        List<String> alpn,
        boolean requireClientCertificate,
        Optional<Path> trustedCa) {

    public DownstreamTlsConfig {
        certificates = List.copyOf(certificates);
        alpn = List.copyOf(alpn);
    }
}
