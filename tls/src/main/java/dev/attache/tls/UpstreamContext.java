package dev.attache.tls;

import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * TLS toward one cluster: which name is sent, which is asked for, and the context that engines come from.
 *
 * <p>The peer is verified within the handshake, before anything of ours is sent to it. {@link #verify} looks at the
 * names once more: a resumed handshake shows no certificate.
 */
final class UpstreamContext implements UpstreamTls {

    private final UpstreamTlsConfig config;
    private final String cluster;
    private final PeerIdentity identity;
    private final ClientContext context;
    private final Supplier<ClientContext> makesJdkContext;
    private volatile @Nullable ClientContext jdkContext;

    /** @param makesJdkContext for names that the context's engine is not able to send; called at most once */
    UpstreamContext(
            UpstreamTlsConfig config,
            String cluster,
            PeerIdentity identity,
            ClientContext context,
            Supplier<ClientContext> makesJdkContext) {
        this.config = config;
        this.cluster = cluster;
        this.identity = identity;
        this.context = context;
        this.makesJdkContext = makesJdkContext;
    }

    @Override
    public SSLEngine engine(String endpointName, int port, String authority) {
        ServerName name = ServerName.of(config, endpointName, authority);
        ClientContext able = context.canSend(name.sent()) ? context : jdkContext();
        return able.engine(peerHost(name), name.sent());
    }

    /**
     * The name that sessions are kept under. A session is resumed only with a peer of whom the same was asked; where
     * nothing is sent or asked the whole cluster is one peer.
     */
    private String peerHost(ServerName name) {
        return identity.verifyHost() || !name.sent().isEmpty() ? name.expected() : cluster;
    }

    @Override
    public void verify(SSLEngine engine, String endpointName, String authority) throws SSLException {
        try {
            if (engine.getSession().getPeerCertificates()[0] instanceof X509Certificate leaf) {
                identity.check(
                        leaf, ServerName.of(config, endpointName, authority).expected());
                return;
            }
            throw new SSLPeerUnverifiedException("the peer's certificate is not X.509");
        } catch (CertificateException wrong) {
            SSLPeerUnverifiedException refused = new SSLPeerUnverifiedException(wrong.getMessage());
            refused.initCause(wrong);
            throw refused;
        }
    }

    private ClientContext jdkContext() {
        ClientContext made = jdkContext;
        if (made == null) {
            synchronized (this) {
                made = jdkContext;
                if (made == null) {
                    made = makesJdkContext.get();
                    jdkContext = made;
                }
            }
        }
        return made;
    }
}
