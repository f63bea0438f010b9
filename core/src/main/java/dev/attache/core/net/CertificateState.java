package dev.attache.core.net;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Certificates as they were loaded from a file and are in use.
 *
 * @param file         file that they were read from
 * @param trusted      whether they are authorities that peers are verified against, and not shown to peers
 * @param certificates what is in use, a shown certificate before its issuers
 * @param users        who uses them, such as {@code listener ingress} or {@code cluster search}
 * @param failures     how often the file, or what belongs to it, had changed and could not be used
 * @param lastError    why the file as it is now is not what is in use; empty where it is
 */
public record CertificateState(
        Path file,
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
        return new CertificateState(file, trusted, certificates, others, failures, lastError);
    }
}
