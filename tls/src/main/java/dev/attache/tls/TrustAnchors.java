package dev.attache.tls;

import dev.attache.core.config.UpstreamTlsConfig;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The certificates that a peer's chain may end in. */
final class TrustAnchors {

    private TrustAnchors() {}

    /** The bundle that is named, else the JVM's own roots if they are asked for, else nothing: do not verify. */
    static Optional<KeyStore> of(UpstreamTlsConfig config, Field field) {
        if (config.trustedCa().isPresent()) {
            return Optional.of(store(PemFiles.certificates(config.trustedCa().get(), field.at("trusted_ca"))));
        }
        if (!config.systemRoots()) {
            return Optional.empty();
        }
        List<X509Certificate> roots = platformRoots();
        if (roots.isEmpty()) {
            throw field.at("trusted_ca").wrong("nothing, and the JVM has no roots of its own", "a PEM bundle");
        }
        return Optional.of(store(roots));
    }

    static KeyStore store(List<X509Certificate> certificates) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("ca" + i, certificates.get(i));
            }
            return store;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What the JDK trusts: its cacerts file, or what {@code javax.net.ssl.trustStore} names. */
    static List<X509Certificate> platformRoots() {
        try {
            TrustManagerFactory factory = TlsEngine.JDK.newTrustManagerFactory();
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager known) {
                    return Arrays.asList(known.getAcceptedIssuers());
                }
            }
            return List.of();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
