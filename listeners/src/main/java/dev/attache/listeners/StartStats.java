package dev.attache.listeners;

import dev.attache.core.net.CipherName;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;
import java.security.cert.Certificate;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Stats of how the connections of one listener begin, under Envoy's names ({@code listener.<address>.*}, {@code ssl.*}). */
final class StartStats {

    final Counter connectionError;
    final Counter noFilterChainMatch;
    final Counter connectTimeout;
    final Counter preConnectionTimeout;
    final Counter proxyProtocolError;
    private final Counter handshake;
    private final Counter noCertificate;
    private final Counter failVerifyNoCert;
    private final Counter failVerifyError;
    private final StatScope ssl;

    StartStats(StatScope listener) {
        ssl = listener.scope("ssl");
        connectionError = ssl.counter("connection_error");
        handshake = ssl.counter("handshake");
        noCertificate = ssl.counter("no_certificate");
        failVerifyNoCert = ssl.counter("fail_verify_no_cert");
        failVerifyError = ssl.counter("fail_verify_error");
        noFilterChainMatch = listener.counter("no_filter_chain_match");
        connectTimeout = listener.counter("downstream_cx_transport_socket_connect_timeout");
        proxyProtocolError = listener.counter("downstream_cx_proxy_proto_error");
        preConnectionTimeout = listener.counter("downstream_pre_cx_timeout");
    }

    /** Both sides have agreed. */
    void agreed(SSLSession session) {
        handshake.increment();
        labelled("versions", "envoy_ssl_version", session.getProtocol()).increment();
        labelled("ciphers", "envoy_ssl_cipher", CipherName.openSsl(session.getCipherSuite()))
                .increment();
        if (!hasPeerCertificate(session)) {
            noCertificate.increment();
        }
    }

    private Counter labelled(String name, String label, String value) {
        return ssl.labelled(name + '.' + value, name, label, value);
    }

    /** They have not. */
    void failed(Throwable cause) {
        connectionError.increment();
        String words = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (isMissingCertificate(words)) {
            failVerifyNoCert.increment();
        } else if (words.contains("certificate") && !words.contains("alert")) {
            failVerifyError.increment();
        }
    }

    /** As BoringSSL says it, and the JDK. */
    private static boolean isMissingCertificate(String words) {
        return words.contains("peer_did_not_return_a_certificate") || words.contains("empty client certificate chain");
    }

    private static boolean hasPeerCertificate(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0;
        } catch (SSLPeerUnverifiedException anonymous) {
            return false;
        }
    }
}
