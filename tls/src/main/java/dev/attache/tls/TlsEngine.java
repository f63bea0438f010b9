package dev.attache.tls;

import dev.attache.core.config.DownstreamTlsConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.PrivateKey;
import java.security.Provider;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.conscrypt.Conscrypt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who does the cryptography. Safe for use by all threads. */
public enum TlsEngine {
    /** BoringSSL by way of Conscrypt: several times faster handshakes; needs its native library (glibc, no musl). */
    CONSCRYPT {
        @Override
        SSLContext newContext() throws NoSuchAlgorithmException {
            return SSLContext.getInstance("TLS", ConscryptProvider.INSTANCE);
        }

        @Override
        TrustManagerFactory newTrustManagerFactory() throws NoSuchAlgorithmException {
            // The JDK's trust manager does not know what Conscrypt calls the key exchange of TLS 1.3.
            return TrustManagerFactory.getInstance("PKIX", ConscryptProvider.INSTANCE);
        }

        @Override
        void name(SSLEngine engine, SSLParameters parameters, String serverName) {
            engine.setSSLParameters(parameters);
            // An empty list of server names would not stop Conscrypt from sending the peer's name; null does.
            Conscrypt.setHostname(engine, serverName.isEmpty() ? null : serverName);
        }

        // Conscrypt sends no name without a dot, save localhost.
        @Override
        boolean canSend(String serverName) {
            return serverName.isEmpty() || serverName.indexOf('.') >= 0 || serverName.equalsIgnoreCase("localhost");
        }

        // Shares of a client that offers both are taken in this order; the first holds against quantum computers.
        @Override
        List<String> serverCurves() {
            return List.of("X25519MLKEM768", "x25519", "secp256r1", "secp384r1");
        }

        @Override
        void serve(SSLEngine engine, SSLParameters parameters, DownstreamTlsConfig config) {
            engine.setSSLParameters(parameters);
            Conscrypt.setUseSessionTickets(engine, config.sessionTickets());
        }

        // Up to TLS 1.2 sessions are always found by their ids, in native code; of the Java objects there is no use.
        @Override
        void limitSessions(SSLSessionContext sessions, DownstreamTlsConfig config) {
            sessions.setSessionCacheSize(1);
            if (!config.sessionTickets() && !config.sessionCache()) {
                sessions.setSessionTimeout(1);
            }
        }

        // With a key of another kind the native one would be made from it in each handshake.
        @Override
        PrivateKey own(PrivateKey key) throws GeneralSecurityException {
            return (PrivateKey) KeyFactory.getInstance(key.getAlgorithm(), ConscryptProvider.INSTANCE)
                    .translateKey(key);
        }

        @Override
        boolean canShow(String keyType) {
            return keyType.equals("EC") || keyType.equals("RSA");
        }

        @Override
        TlsEngine orJdk() {
            try {
                Conscrypt.checkAvailability();
                return this;
            } catch (UnsatisfiedLinkError missing) {
                log.warn(
                        "TLS by the JDK, which is slower: Conscrypt's native library cannot be loaded: {}",
                        missing.getMessage());
                return JDK;
            }
        }
    },
    /** The JDK's own TLS (SunJSSE). */
    JDK {
        @Override
        SSLContext newContext() throws NoSuchAlgorithmException, NoSuchProviderException {
            return SSLContext.getInstance("TLS", "SunJSSE");
        }

        @Override
        TrustManagerFactory newTrustManagerFactory() throws NoSuchAlgorithmException, NoSuchProviderException {
            return TrustManagerFactory.getInstance("PKIX", "SunJSSE");
        }

        @Override
        void name(SSLEngine engine, SSLParameters parameters, String serverName) {
            parameters.setServerNames(serverName.isEmpty() ? List.of() : List.of(new RawName(serverName)));
            engine.setSSLParameters(parameters);
        }

        @Override
        boolean canSend(String serverName) {
            return true;
        }

        @Override
        List<String> serverCurves() {
            return List.of("x25519", "secp256r1", "secp384r1");
        }

        @Override
        void serve(SSLEngine engine, SSLParameters parameters, DownstreamTlsConfig config) {
            List<String> alpn = config.alpn();
            engine.setSSLParameters(parameters);
            // Left to itself, the JDK ends a handshake without a common protocol.
            engine.setHandshakeApplicationProtocolSelector((any, offered) ->
                    alpn.stream().filter(offered::contains).findFirst().orElse(""));
        }

        // The JDK cannot be told: see ServerLimits.
        @Override
        void limitSessions(SSLSessionContext sessions, DownstreamTlsConfig config) {}

        @Override
        PrivateKey own(PrivateKey key) {
            return key;
        }

        @Override
        boolean canShow(String keyType) {
            return true;
        }

        @Override
        TlsEngine orJdk() {
            return this;
        }
    };

    private static final Logger log = LoggerFactory.getLogger(TlsEngine.class);

    /** A context of this engine, not initialised. */
    abstract SSLContext newContext() throws NoSuchAlgorithmException, NoSuchProviderException;

    abstract TrustManagerFactory newTrustManagerFactory() throws NoSuchAlgorithmException, NoSuchProviderException;

    /** Gives an engine its parameters, and the server name that it sends: exactly the given one, or none. */
    abstract void name(SSLEngine engine, SSLParameters parameters, String serverName);

    /** Whether this engine is able to send the server name. */
    abstract boolean canSend(String serverName);

    /** Curves of a server where none are configured, by Java's names, the preferred one first. */
    abstract List<String> serverCurves();

    /** Gives an engine in server mode its parameters. The first of our protocols that a client offers is taken, if any. */
    abstract void serve(SSLEngine engine, SSLParameters parameters, DownstreamTlsConfig config);

    /** Keeps no more sessions for resumption than can be used, and no longer than asked. */
    abstract void limitSessions(SSLSessionContext sessions, DownstreamTlsConfig config);

    /** The same key in the form that handshakes are fastest with. */
    abstract PrivateKey own(PrivateKey key) throws GeneralSecurityException;

    /** Whether a server is able to show certificates with this kind of key. */
    abstract boolean canShow(String keyType);

    /** This engine, or the JDK's where this one does not work. */
    abstract TlsEngine orJdk();

    /** A trust manager that verifies chains against the certificates of {@code anchors}; it checks no names. */
    X509ExtendedTrustManager chainVerifier(KeyStore anchors) throws GeneralSecurityException {
        TrustManagerFactory factory = newTrustManagerFactory();
        factory.init(anchors);
        return (X509ExtendedTrustManager) Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    /** A server name as it stands; the JDK's own type refuses underscores. */
    private static final class RawName extends SNIServerName {
        RawName(String name) {
            super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Made when it is first needed: making it loads the native library. */
    private static final class ConscryptProvider {
        static final Provider INSTANCE =
                Conscrypt.newProviderBuilder().provideTrustManager(true).build();
    }
}
