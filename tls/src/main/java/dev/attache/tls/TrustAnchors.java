package dev.attache.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The certificates that a peer's chain may end in, and what verifies against them: one of each for all clusters that
 * trust the same. Safe for use by all threads.
 */
final class TrustAnchors {

    private final List<X509Certificate> certificates;
    private final KeyStore store;
    private final Map<TlsEngine, ChainVerifiers> verifiers = new EnumMap<>(TlsEngine.class);

    private TrustAnchors(List<X509Certificate> certificates, KeyStore store) {
        this.certificates = List.copyOf(certificates);
        this.store = store;
    }

    static TrustAnchors of(List<X509Certificate> certificates) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("ca" + i, certificates.get(i));
            }
            return new TrustAnchors(certificates, store);
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    List<X509Certificate> certificates() {
        return certificates;
    }

    /** What verifies chains for the connections of an engine. */
    synchronized ChainVerifiers verifiers(TlsEngine kind) throws GeneralSecurityException {
        ChainVerifiers known = verifiers.get(kind);
        if (known == null) {
            known = new ChainVerifiers(kind, store);
            verifiers.put(kind, known);
        }
        return known;
    }
}
