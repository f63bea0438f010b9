package dev.attache.core.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A certificate and its key, as PEM files or as PEM in the configuration.
 *
 * @param chain certificate chain, leaf first
 * @param key private key
 * @param secret file that named the pair, or held it, and is followed when it names another one; empty where the pair
 *         stands in the configuration directly
 * @param ocspStaple DER file of an OCSP response to show with the certificate; no engine is able to, so that it is
 *         without effect
 */
public record CertificateFiles(
        PemSource chain, PemSource key, Optional<SecretFile<CertificateFiles>> secret, Optional<Path> ocspStaple) {

    /** A pair of files that is named directly. */
    public static CertificateFiles of(Path chain, Path key) {
        return of(PemSource.of(chain), PemSource.of(key));
    }

    /** A pair that stands in the configuration directly. */
    public static CertificateFiles of(PemSource chain, PemSource key) {
        return new CertificateFiles(chain, key, Optional.empty(), Optional.empty());
    }

    /** The same pair with a staple, or with none. */
    public CertificateFiles stapled(Optional<Path> staple) {
        return new CertificateFiles(chain, key, secret, staple);
    }

    /** The same pair, which a secret named. */
    public CertificateFiles from(SecretFile<CertificateFiles> file) {
        return new CertificateFiles(chain, key, Optional.of(file), ocspStaple);
    }

    /**
     * The pair that the secret names now; this one where there is no secret.
     *
     * @throws ConfigException when the secret cannot be read
     */
    public CertificateFiles current() {
        return secret.isPresent() ? secret.get().read() : this;
    }
}
