package dev.attache.tls;

import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.net.TlsProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the files that a configuration names and makes contexts from them. */
final class TlsContexts implements TlsProvider {

    private static final Logger log = LoggerFactory.getLogger(TlsContexts.class);

    private final TlsEngine preferred;
    private final TrustFiles trust = new TrustFiles();

    /** Set when it is first needed: a proxy without TLS loads no native library. */
    private volatile @Nullable TlsEngine engine;

    TlsContexts(TlsEngine preferred) {
        this.preferred = preferred;
    }

    @Override
    public UpstreamTls upstream(UpstreamTlsConfig config, String cluster) {
        Field field = new Field("cluster " + cluster + ": tls");
        Optional<TrustAnchors> anchors = trust.anchors(config, field);
        if (anchors.isEmpty() && !config.subjectAltNames().isEmpty()) {
            throw field.at("subject_alt_names").wrong("no trusted_ca beside it", "a trusted_ca, else any peer passes");
        }
        Optional<ClientKey> key =
                config.clientCertificate().map(files -> ClientKey.read(files, field.at("client_certificate")));
        PeerIdentity identity = new PeerIdentity(config.verifyHost(), NameMatchers.of(config.subjectAltNames(), field));
        return new UpstreamContext(
                config,
                cluster,
                identity,
                new ClientContext(engine(), config, anchors, key, identity, field),
                () -> new ClientContext(TlsEngine.JDK, config, anchors, key, identity, field));
    }

    @Override
    public DownstreamTls downstream(DownstreamTlsConfig config, String listener) {
        throw new UnsupportedOperationException("TLS of listeners");
    }

    @Override
    public void warmUp() {
        try {
            WarmUp.run(engine());
        } catch (GeneralSecurityException | IOException | RuntimeException failed) {
            log.debug("the warm-up of TLS failed; the first handshake will be slower", failed);
        }
    }

    private TlsEngine engine() {
        TlsEngine found = engine;
        if (found == null) {
            synchronized (this) {
                found = engine;
                if (found == null) {
                    found = preferred.orJdk();
                    engine = found;
                }
            }
        }
        return found;
    }
}
