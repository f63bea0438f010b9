package dev.attache.core.net;

import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Stats of the handshakes of one listener or cluster, under Envoy's names ({@code ssl.*}). Safe for use by all threads.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/stats#tls-statistics">Envoy, TLS
 *     statistics</a>
 */
public final class TlsStats {

    private final Counter handshake;
    private final Counter sessionReused;
    private final Counter noCertificate;
    private final Counter connectionError;
    private final Counter failVerifyNoCert;
    private final Counter failVerifyError;
    private final Counter failVerifySan;
    private final Values versions;
    private final Values ciphers;
    private final Values curves;

    private TlsStats(StatScope ssl, String cipherLabel) {
        handshake = ssl.counter("handshake");
        sessionReused = ssl.counter("session_reused");
        noCertificate = ssl.counter("no_certificate");
        connectionError = ssl.counter("connection_error");
        failVerifyNoCert = ssl.counter("fail_verify_no_cert");
        failVerifyError = ssl.counter("fail_verify_error");
        failVerifySan = ssl.counter("fail_verify_san");
        versions = new Values(ssl, "versions", "envoy_ssl_version");
        ciphers = new Values(ssl, "ciphers", cipherLabel);
        curves = new Values(ssl, "curves", "envoy_ssl_curve");
    }

    /** Those of a listener, in its scope. */
    public static TlsStats ofListener(StatScope listener) {
        return new TlsStats(listener.scope("ssl"), "envoy_ssl_cipher");
    }

    /** Those of a cluster, in its scope. In Prometheus, Envoy has another label for its suites. */
    public static TlsStats ofCluster(StatScope cluster) {
        return new TlsStats(cluster.scope("ssl"), "cipher_suite");
    }

    /** Both sides have agreed, and each is who it should be. */
    public void agreed(TlsSocket socket) {
        SSLSession session = socket.engine().getSession();
        handshake.increment();
        if (socket.resumed()) {
            sessionReused.increment();
        }
        versions.of(session.getProtocol()).increment();
        ciphers.of(CipherName.openSsl(session.getCipherSuite())).increment();
        if (!socket.curve().isEmpty()) {
            curves.of(socket.curve()).increment();
        }
        if (!hasPeerCertificate(session)) {
            noCertificate.increment();
        }
    }

    private static boolean hasPeerCertificate(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0;
        } catch (SSLPeerUnverifiedException anonymous) {
            return false;
        }
    }

    /** They have not. A peer that was refused for its certificate, or has just gone, counts as no error of TLS. */
    public void failed(IOException cause) {
        CertificateException refused = refused(cause);
        if (refused instanceof NameMismatchException) {
            failVerifySan.increment();
        } else if (refused != null) {
            failVerifyError.increment();
        } else if (isMissingCertificate(String.valueOf(cause.getMessage()))) {
            failVerifyNoCert.increment();
        } else if (cause instanceof SSLException) {
            connectionError.increment();
        }
    }

    private static @Nullable CertificateException refused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException refused) {
                return refused;
            }
        }
        return null;
    }

    /** As BoringSSL says it, and the JDK. */
    private static boolean isMissingCertificate(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        return lower.contains("peer_did_not_return_a_certificate") || lower.contains("empty client certificate chain");
    }

    /** Counters of the values that something has had so far. */
    private record Values(StatScope ssl, String name, String label, ConcurrentHashMap<String, Counter> seen) {

        Values(StatScope ssl, String name, String label) {
            this(ssl, name, label, new ConcurrentHashMap<>());
        }

        Counter of(String value) {
            Counter known = seen.get(value);
            return known == null
                    ? seen.computeIfAbsent(value, first -> ssl.labelled(name + '.' + first, name, label, first))
                    : known;
        }
    }
}
