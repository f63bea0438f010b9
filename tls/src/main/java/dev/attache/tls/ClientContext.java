package dev.attache.tls;

import dev.attache.core.config.UpstreamTlsConfig;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/**
 * One engine's context for one cluster: what was read from files, the sessions to resume, and the parameters that each
 * connection gets. Safe for use by all threads.
 */
final class ClientContext {

    /** Sessions are kept by peer host alone: a ticket of one endpoint is good for the cluster. */
    private static final int ANY_PORT = 443;

    private final TlsEngine kind;
    private final SSLContext context;
    private final boolean resumes;
    private final AtomicInteger uniquePort = new AtomicInteger();

    private final Offer offer;
    private final List<String> alpn;

    ClientContext(TlsEngine kind, UpstreamTlsConfig config, Trust trust, Optional<ClientKey> key, Field field) {
        this.kind = kind;
        this.context = context(kind, trust, key);
        this.resumes = config.maxSessionKeys() > 0;
        // Zero would mean no limit.
        context.getClientSessionContext().setSessionCacheSize(Math.max(1, config.maxSessionKeys()));
        this.offer = Offer.of(config.parameters(), kind, context, field);
        this.alpn = config.alpn();
    }

    private static SSLContext context(TlsEngine kind, Trust trust, Optional<ClientKey> key) {
        try {
            SSLContext context = kind.newContext();
            context.init(key.stream().toArray(KeyManager[]::new), new TrustManager[] {trust.inServers(kind)}, null);
            return context;
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the TLS engine does not work: " + broken.getMessage(), broken);
        }
    }

    /**
     * An engine for one connection.
     *
     * @param peerHost   name that the peer must have, if names are verified; also what its sessions are kept under
     * @param serverName name that is sent; empty for none
     */
    SSLEngine engine(String peerHost, String serverName) {
        // A port that was never used before finds no session.
        SSLEngine engine = context.createSSLEngine(peerHost, resumes ? ANY_PORT : uniquePort.incrementAndGet());
        engine.setUseClientMode(true);
        kind.name(engine, offer.parameters(alpn), serverName);
        return engine;
    }

    boolean canSend(String serverName) {
        return kind.canSend(serverName);
    }
}
