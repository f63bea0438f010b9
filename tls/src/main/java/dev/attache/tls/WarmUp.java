package dev.attache.tls;

import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.UpstreamTlsConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * Handshakes of an engine with itself, in memory, with certificates that live no longer: what is slow about the first
 * handshake of a JVM (loading classes, tables of curves) has then been done.
 */
final class WarmUp {

    private static final String HOST = "warm-up.invalid";
    private static final char[] NO_PASSWORD = new char[0];

    /** No handshake has more turns; a bound, so that nothing can spin. */
    private static final int MOST_TURNS = 100;

    private final TlsEngine kind;
    private final X509Certificate root;
    private final KeyManagerFactory keys;

    private WarmUp(TlsEngine kind) throws GeneralSecurityException, IOException {
        this.kind = kind;
        KeyPair rootKeys = ShortLivedCertificates.keys();
        KeyPair leafKeys = ShortLivedCertificates.keys();
        this.root = ShortLivedCertificates.root(rootKeys);
        X509Certificate leaf = ShortLivedCertificates.leaf(HOST, leafKeys.getPublic(), rootKeys);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("leaf", leafKeys.getPrivate(), NO_PASSWORD, new X509Certificate[] {leaf});
        this.keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, NO_PASSWORD);
    }

    /** Shakes hands once in each version of TLS. */
    static void run(TlsEngine kind) throws GeneralSecurityException, IOException {
        WarmUp warmUp = new WarmUp(kind);
        warmUp.handshake("TLSv1.2");
        warmUp.handshake("TLSv1.3");
    }

    private void handshake(String version) throws GeneralSecurityException, IOException {
        SSLEngine client = clientEngine(version);
        SSLContext serverContext = kind.newContext();
        serverContext.init(keys.getKeyManagers(), null, null);
        SSLEngine server = serverContext.createSSLEngine();
        server.setUseClientMode(false);
        ByteBuffer toServer = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        ByteBuffer toClient = ByteBuffer.allocate(server.getSession().getPacketBufferSize());
        try {
            client.beginHandshake();
            server.beginHandshake();
            for (int i = 0; i < MOST_TURNS && !(isDone(client) && isDone(server)); i++) {
                turn(client, toClient, toServer);
                turn(server, toServer, toClient);
            }
            if (!isDone(client) || !isDone(server)) {
                throw new SSLException("the handshake does not end");
            }
        } finally {
            end(client, toServer);
            end(server, toClient);
        }
    }

    /** Lets an engine say goodbye and closes both its sides: until then it keeps memory and descriptors. */
    private static void end(SSLEngine engine, ByteBuffer out) {
        engine.closeOutbound();
        try {
            engine.wrap(ByteBuffer.allocate(0), out.clear());
            engine.closeInbound();
        } catch (SSLException noGoodbye) {
            // None is expected of the other side.
        }
    }

    private SSLEngine clientEngine(String version) {
        UpstreamTlsConfig config = UpstreamTlsConfig.builder()
                .parameters(new TlsParameters(version, version, List.of(), List.of()))
                .build();
        Field field = new Field("warm-up");
        PeerIdentity identity = new PeerIdentity(
                true, NameMatchers.of(List.of(SubjectAltNameMatch.dns(new StringMatch.Exact(HOST, false))), field));
        Optional<TrustAnchors> anchors = Optional.of(TrustAnchors.of(List.of(root)));
        Trust trust = new Trust(anchors, Optional.empty(), identity);
        return new ClientContext(kind, config, trust, Optional.empty(), field).engine(HOST, HOST);
    }

    private static boolean isDone(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /** Lets an engine take what lies in {@code in} and say what it has to say. */
    private static void turn(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws IOException {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> engine.getDelegatedTask().run();
            case NEED_WRAP -> engine.wrap(nothing, out);
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                in.flip();
                engine.unwrap(in, plain);
                in.compact();
            }
            case FINISHED, NOT_HANDSHAKING -> {}
        }
    }
}
