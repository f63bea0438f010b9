package dev.attache.tls;

import dev.attache.core.config.DownstreamTlsConfig;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/**
 * One engine's context for one filter chain: whom it trusts, the sessions that may be resumed with it, and the
 * parameters that each connection gets. Another trust is another context, with which no earlier session is resumed;
 * other certificates are not. Safe for use by all threads.
 */
final class ServerContext {

    private final TlsEngine kind;
    private final DownstreamTlsConfig config;
    private final ServerKeyManager keys;
    private final SSLContext context;
    private final boolean asksClients;
    private final Offer offer;

    ServerContext(TlsEngine kind, DownstreamTlsConfig config, ServerKeyManager keys, Trust trust, Field field) {
        this.kind = kind;
        this.config = config;
        this.keys = keys;
        this.asksClients = trust.anchors().isPresent();
        try {
            context = kind.newContext();
            context.init(new KeyManager[] {keys}, new TrustManager[] {trust.inClients(kind)}, null);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the TLS engine does not work: " + broken.getMessage(), broken);
        }
        offer = Offer.of(config.parameters(), kind, context, field).orCurves(kind.serverCurves());
        SSLSessionContext sessions = context.getServerSessionContext();
        sessions.setSessionTimeout(
                (int) Math.min(Integer.MAX_VALUE, config.sessionTimeout().toSeconds()));
        kind.limitSessions(sessions, config);
    }

    /** An engine for one new connection. */
    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = offer.parameters(config.alpn());
        parameters.setUseCipherSuitesOrder(true);
        if (config.requireClientCertificate()) {
            parameters.setNeedClientAuth(true);
        } else if (asksClients) {
            parameters.setWantClientAuth(true);
        }
        kind.serve(engine, parameters, config);
        return kind == TlsEngine.CONSCRYPT && keys.keys().mixed()
                ? new HelloEngine(engine, offer.protocols().contains("TLSv1.3"))
                : engine;
    }
}
