package dev.attache.tls;

import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.net.CertificateState;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
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
final class UpstreamContext implements UpstreamTls, CertificateUser {

    private final TlsEngine kind;
    private final UpstreamTlsConfig config;
    private final User user;
    private final FileWatch watch;
    private final ReloadReports reports;
    private final AuthorityFiles authorities;
    private final Optional<KeyFiles> pair;
    private volatile ClientContext context;

    /** For names that the engine is not able to send; made when there is the first such name. */
    private volatile @Nullable ClientContext jdkContext;

    /**
     * Reads the files.
     *
     * @param watch told when this is closed
     */
    UpstreamContext(
            TlsEngine kind,
            UpstreamTlsConfig config,
            User user,
            TrustFiles trust,
            FileWatch watch,
            ReloadReports reports) {
        this.kind = kind;
        this.config = config;
        this.user = user;
        this.watch = watch;
        this.reports = reports;
        Field field = user.field();
        authorities = new AuthorityFiles(config.validation(), config.verifyHost(), trust, user);
        pair = config.clientCertificate()
                .map(files -> new KeyFiles(files, TlsEngine.JDK, field.at("client_certificate")));
        context = clientContext(kind);
    }

    private ClientContext clientContext(TlsEngine engine) {
        return new ClientContext(
                engine, config, authorities.trust(), pair.map(files -> new ClientKey(files.key())), user.field());
    }

    @Override
    public synchronized void look() {
        boolean changed = reports.look(authorities.loaded(), user);
        if (pair.isPresent()) {
            changed |= reports.look(pair.get().loaded(), user);
        }
        if (changed) {
            context = clientContext(kind);
            jdkContext = null;
        }
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
        return config.verifyHost() || !name.sent().isEmpty() ? name.expected() : user.name();
    }

    @Override
    public void verify(SSLEngine engine, String endpointName, String authority) throws SSLException {
        try {
            if (engine.getSession().getPeerCertificates()[0] instanceof X509Certificate leaf) {
                authorities
                        .trust()
                        .identity()
                        .check(
                                leaf,
                                ServerName.of(config, endpointName, authority).expected());
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
                    made = clientContext(TlsEngine.JDK);
                    jdkContext = made;
                }
            }
        }
        return made;
    }

    @Override
    public Stream<CertificateState> certificates() {
        return Stream.concat(authorities.state(), pair.stream().map(files -> files.state(user)));
    }

    @Override
    public void close() {
        watch.remove(this);
    }
}
