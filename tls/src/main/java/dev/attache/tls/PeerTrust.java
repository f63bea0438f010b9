package dev.attache.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides within the handshake whether the peer is who it should be: the chain first, then its names. The name that is
 * wanted is the engine's peer host.
 */
final class PeerTrust extends X509ExtendedTrustManager {

    private final Optional<ChainVerifiers> chains;
    private final PeerIdentity identity;

    /** @param chains verifies chains; empty where nothing is verified */
    PeerTrust(Optional<ChainVerifiers> chains, PeerIdentity identity) {
        this.chains = chains;
        this.identity = identity;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (chains.isPresent()) {
            chains.get().verify(chain, authType, engine);
            // A leaf that stands in the bundle itself is trusted without a look at its dates.
            chain[0].checkValidity();
        }
        identity.check(chain[0], engine.getPeerHost());
    }

    /** None: what a client accepts is not told to the peer. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
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
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("upstream only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("upstream only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("upstream only");
    }
}
