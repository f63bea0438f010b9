package dev.attache.core.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A certificate and its key, as PEM files.
 *
 * @param chain certificate chain, leaf first
 * @param key private key
 * @param watchedFile file (a file-based secret) that named the pair; empty where the pair is named directly. The pair is
 *         followed where it was when the configuration was read, even if the secret names another one later
 * @param ocspStaple DER file of an OCSP response to show with the certificate; no engine is able to, so that it is
 *         without effect
 */
public record CertificateFiles(Path chain, Path key, Optional<Path> watchedFile, Optional<Path> ocspStaple) {

    /** A pair without a staple. */
    public CertificateFiles(Path chain, Path key, Optional<Path> watchedFile) {
        this(chain, key, watchedFile, Optional.empty());
    }

    /** A pair that is named directly. */
    public static CertificateFiles of(Path chain, Path key) {
        return new CertificateFiles(chain, key, Optional.empty());
    }
}
