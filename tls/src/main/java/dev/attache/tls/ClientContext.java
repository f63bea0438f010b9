package dev.attache.tls;

import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.UpstreamTlsConfig;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * One engine's context for one cluster: what was read from files, the sessions to resume, and the parameters that each
 * connection gets. Safe for use by all threads.
 */
final class ClientContext {

    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

    /** Sessions are kept by peer host alone: a ticket of one endpoint is good for the cluster. */
    private static final int ANY_PORT = 443;

    private final TlsEngine kind;
    private final SSLContext context;
    private final boolean resumes;
    private final AtomicInteger uniquePort = new AtomicInteger();

    private final String[] protocols;
    private final String[] suites;
    private final String[] curves;
    private final String[] alpn;

    ClientContext(
            TlsEngine kind,
            UpstreamTlsConfig config,
            Optional<TrustAnchors> anchors,
            Optional<ClientKey> key,
            PeerIdentity identity,
            Field field) {
        this.kind = kind;
        this.context = context(kind, anchors, key, identity);
        this.resumes = config.maxSessionKeys() > 0;
        // Zero would mean no limit.
        context.getClientSessionContext().setSessionCacheSize(Math.max(1, config.maxSessionKeys()));
        this.protocols = protocols(config.parameters(), field);
        Set<String> supported =
                Set.copyOf(Arrays.asList(context.getSupportedSSLParameters().getCipherSuites()));
        this.suites = CipherSuites.resolve(config.parameters().cipherSuites(), supported, field.at("cipher_suites"));
        this.curves = Curves.resolve(config.parameters().curves(), kind, field.at("ecdh_curves"))
                .toArray(String[]::new);
        this.alpn = config.alpn().toArray(String[]::new);
    }

    private static SSLContext context(
            TlsEngine kind, Optional<TrustAnchors> anchors, Optional<ClientKey> key, PeerIdentity identity) {
        try {
            PeerTrust trust = new PeerTrust(
                    anchors.isEmpty()
                            ? Optional.empty()
                            : Optional.of(anchors.get().verifiers(kind)),
                    identity);
            SSLContext context = kind.newContext();
            context.init(key.stream().toArray(KeyManager[]::new), new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the TLS engine does not work: " + broken.getMessage(), broken);
        }
    }

    private static String[] protocols(TlsParameters parameters, Field field) {
        int min = version(parameters.minVersion(), field.at("tls_minimum_protocol_version"));
        int max = version(parameters.maxVersion(), field.at("tls_maximum_protocol_version"));
        if (min > max) {
            throw field.at("tls_minimum_protocol_version")
                    .wrong(parameters.minVersion(), "at most the maximum, " + parameters.maxVersion());
        }
        return VERSIONS.subList(min, max + 1).toArray(String[]::new);
    }

    private static int version(String name, Field field) {
        int index = VERSIONS.indexOf(name);
        if (index < 0) {
            throw field.wrong(name, String.join(" or ", VERSIONS));
        }
        return index;
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
        SSLParameters parameters = new SSLParameters(suites, protocols);
        parameters.setApplicationProtocols(alpn);
        if (curves.length > 0) {
            parameters.setNamedGroups(curves);
        }
        kind.name(engine, parameters, serverName);
        return engine;
    }

    boolean canSend(String serverName) {
        return kind.canSend(serverName);
    }
}
