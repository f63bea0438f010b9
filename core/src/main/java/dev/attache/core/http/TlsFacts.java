package dev.attache.core.http;

import java.security.cert.Certificate;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLSession;

/**
 * What is known of the TLS of a downstream connection.
 *
 * @param serverName the name that the client asked for, in lower case; empty for none
 * @param session    versions, suite and certificates of the client
 * @param shown      the certificates that this side has shown, its own first
 */
public record TlsFacts(String serverName, SSLSession session, List<Certificate> shown) {

    public TlsFacts {
        shown = List.copyOf(shown);
    }

    /** What is known after the handshake. A native engine forgets its own certificates once the connection is closed. */
    public TlsFacts(String serverName, SSLSession session) {
        this(serverName, session, shownIn(session));
    }

    private static List<Certificate> shownIn(SSLSession session) {
        Certificate[] shown = session.getLocalCertificates();
        return shown == null ? List.of() : List.of(shown);
    }

    /**
     * What {@code compute} finds in this. It is asked once, and the answer kept with the session under {@code
     * name}: what is the same for all requests of a connection is worked out for the first of them.
     */
    public String once(String name, Function<TlsFacts, String> compute) {
        synchronized (session) { // Streams of one connection may ask at the same time; sessions need not be safe.
            if (session.getValue(name) instanceof String known) {
                return known;
            }
            String value = compute.apply(this);
            session.putValue(name, value);
            return value;
        }
    }
}
