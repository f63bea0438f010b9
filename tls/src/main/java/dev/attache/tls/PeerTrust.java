package dev.attache.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides within the handshake whether the peer is who it should be: the chain first, then its names. The name that is
 * wanted of a server is the engine's peer host.
 */
final class PeerTrust extends X509ExtendedTrustManager {

    private final Optional<ChainVerifiers> chains;
    private final Optional<RevocationLists> revoked;
    private final PeerIdentity identity;
    private final List<X509Certificate> issuers;

    /**
     * @param chains  verifies chains; empty where nothing is verified
     * @param issuers what the peer is told that we accept
     */
    PeerTrust(
            Optional<ChainVerifiers> chains,
            Optional<RevocationLists> revoked,
            PeerIdentity identity,
            List<X509Certificate> issuers) {
        this.chains = chains;
        this.revoked = revoked;
        this.identity = identity;
        this.issuers = issuers;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (chains.isPresent()) {
            chains.get().verifyServer(chain, authType, engine);
            checkFurther(chain);
        }
        identity.check(chain[0], engine.getPeerHost());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (chains.isPresent()) {
            chains.get().verifyClient(chain, authType, engine);
            checkFurther(chain);
        }
        identity.check(chain[0], "");
    }

    private void checkFurther(X509Certificate[] chain) throws CertificateException {
        // A leaf that stands in the bundle itself is trusted without a look at its dates.
        chain[0].checkValidity();
        if (revoked.isPresent()) {
            revoked.get().check(chain);
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return issuers.toArray(X509Certificate[]::new);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("engines only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("engines only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("engines only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("engines only");
    }
}
