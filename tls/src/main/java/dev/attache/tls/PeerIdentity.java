package dev.attache.tls;

import dev.attache.core.net.NameMismatchException;
import java.security.cert.X509Certificate;

/**
 * Which names a peer's certificate must carry.
 *
 * @param verifyHost whether it must carry the host's name
 * @param matchers   patterns of which one must match
 */
record PeerIdentity(boolean verifyHost, NameMatchers matchers) {

    /** Throws unless the certificate carries what is asked for. */
    void check(X509Certificate leaf, String host) throws NameMismatchException {
        CertificateNames names = CertificateNames.of(leaf);
        if (verifyHost && !names.carry(host)) {
            throw new NameMismatchException("the certificate is not for " + host + " but for " + names);
        }
        if (!matchers.accept(names)) {
            throw new NameMismatchException("no name of the certificate matches " + matchers + ": " + names);
        }
    }
}
