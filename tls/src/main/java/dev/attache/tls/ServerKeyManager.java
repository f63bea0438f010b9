package dev.attache.tls;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate that a client is shown, from those that can be {@linkplain #use changed} while handshakes go
 * on: by the name that the client asks for, then ECDSA before RSA where it can verify both. Safe for use by all threads.
 *
 * <p>Conscrypt asks once for each kind of key that its suites allow and keeps the last answer, whatever the client is
 * able to verify; so there is one answer at most. The JDK asks in the client's order, or in that of the suites.
 */
final class ServerKeyManager extends X509ExtendedKeyManager {

    private static final String EC = "EC";
    private static final String RSA = "RSA";

    private volatile ServerKeys keys;

    /** A handshake chooses an alias and asks for what it stands for next: by then there may be others. */
    private volatile ServerKeys before;

    ServerKeyManager(ServerKeys keys) {
        this.keys = keys;
        this.before = keys;
    }

    void use(ServerKeys next) {
        before = keys;
        keys = next;
    }

    ServerKeys keys() {
        return keys;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        SSLSession session = engine == null ? null : engine.getHandshakeSession();
        List<ServerKeys.Named> fitting = keys.fitting(serverName(session));
        boolean choice = has(fitting, EC) && has(fitting, RSA);
        String type = choice ? preferred(keyType, session) : keyType;
        if (!type.equals(keyType)) {
            return null;
        }
        for (ServerKeys.Named named : fitting) {
            if (named.key().type().equals(type)) {
                return named.alias();
            }
        }
        return null;
    }

    private static boolean has(List<ServerKeys.Named> fitting, String type) {
        return fitting.stream().anyMatch(named -> named.key().type().equals(type));
    }

    /** The kind of key to show where there are both; {@code asked} where the engine asks for what it has settled on. */
    private static String preferred(String asked, @Nullable SSLSession session) {
        if (HelloEngine.HELLO.isBound()) {
            return HelloEngine.HELLO.get().verifiesEcdsa() ? EC : RSA;
        }
        if (!(session instanceof ExtendedSSLSession extended)) {
            return asked;
        }
        String[] verified = extended.getPeerSupportedSignatureAlgorithms();
        if (verified.length == 0) {
            return asked;
        }
        if (Arrays.stream(verified).noneMatch(name -> name.endsWith("withECDSA"))) {
            return RSA;
        }
        // Up to TLS 1.2 it is a matter of suites, whose order is ours already.
        return "TLSv1.3".equals(extended.getProtocol()) ? EC : asked;
    }

    /** What the client asks for; empty for nothing, and for what cannot be told. */
    private static String serverName(@Nullable SSLSession session) {
        if (!(session instanceof ExtendedSSLSession extended)) {
            return "";
        }
        try {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name.getType() == StandardConstants.SNI_HOST_NAME) {
                    return new String(name.getEncoded(), StandardCharsets.UTF_8);
                }
            }
        } catch (IllegalArgumentException | UnsupportedOperationException unreadable) {
            // Such as a name with underscores, which is told in no other way than by a type that refuses them.
        }
        return "";
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        CertifiedKey key = find(alias);
        return key == null ? null : key.path();
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        CertifiedKey key = find(alias);
        return key == null ? null : key.key();
    }

    private @Nullable CertifiedKey find(String alias) {
        CertifiedKey key = keys.find(alias);
        return key == null ? before.find(alias) : key;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
