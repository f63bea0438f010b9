package dev.attache.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Verifies chains against the same anchors, on as many threads as like, without a wait.
 *
 * <p>Conscrypt asks from within native code, where a virtual thread cannot leave its carrier; and its trust manager takes
 * monitors. So each thread has one to itself while it verifies. There are never more than carriers, for the same reason.
 */
final class ChainVerifiers {

    private final TlsEngine kind;
    private final KeyStore anchors;
    private final Queue<X509ExtendedTrustManager> idle = new ConcurrentLinkedQueue<>();

    ChainVerifiers(TlsEngine kind, KeyStore anchors) throws GeneralSecurityException {
        this.kind = kind;
        this.anchors = anchors;
        idle.add(kind.chainVerifier(anchors));
    }

    /** Throws unless the chain of a server ends in an anchor. */
    void verifyServer(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        X509ExtendedTrustManager verifier = take();
        try {
            if (kind == TlsEngine.CONSCRYPT) {
                // Given the engine, it stumbles over server names with underscores; names are ours to check.
                verifier.checkServerTrusted(chain, authType);
            } else {
                verifier.checkServerTrusted(chain, authType, engine);
            }
        } finally {
            idle.add(verifier);
        }
    }

    /** Throws unless the chain of a client ends in an anchor. */
    void verifyClient(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        X509ExtendedTrustManager verifier = take();
        try {
            if (kind == TlsEngine.CONSCRYPT) {
                verifier.checkClientTrusted(chain, authType);
            } else {
                verifier.checkClientTrusted(chain, authType, engine);
            }
        } finally {
            idle.add(verifier);
        }
    }

    private X509ExtendedTrustManager take() throws CertificateException {
        X509ExtendedTrustManager verifier = idle.poll();
        return verifier == null ? another() : verifier;
    }

    private X509ExtendedTrustManager another() throws CertificateException {
        try {
            return kind.chainVerifier(anchors);
        } catch (GeneralSecurityException broken) {
            throw new CertificateException(broken);
        }
    }
}
