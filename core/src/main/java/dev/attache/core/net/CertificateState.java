package dev.attache.core.net;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Certificates as they were loaded and are in use.
 *
 * @param source       file that they were read from; {@code <inline>} where they stand in the configuration itself
 * @param trusted      whether they are authorities that peers are verified against, and not shown to peers
 * @param certificates what is in use, a shown certificate before its issuers
 * @param users        who uses them, such as {@code listener ingress} or {@code cluster search}
 * @param failures     how often the source, or what belongs to it, had changed and could not be used
 * @param lastError    why the source as it is now is not what is in use; empty where it is
 */
public record CertificateState(
        String source,
        boolean trusted,
        List<X509Certificate> certificates,
        List<String> users,
        long failures,
        String lastError) {

    public CertificateState {
        certificates = List.copyOf(certificates);
        users = List.copyOf(users);
    }

    /** The same with other users. */
    public CertificateState by(List<String> others) {
        return new CertificateState(source, trusted, certificates, others, failures, lastError);
    }
}
