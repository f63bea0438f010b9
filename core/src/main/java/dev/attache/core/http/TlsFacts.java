package dev.attache.core.http;

import java.util.function.Function;
import javax.net.ssl.SSLSession;

/**
 * What is known of the TLS of a downstream connection.
 *
 * @param serverName the name that the client asked for, in lower case; empty for none
 * @param session    versions, suite and certificates of both sides
 */
public record TlsFacts(String serverName, SSLSession session) {

    /**
     * What {@code compute} finds in the session. It is asked once, and the answer kept with the session under {@code
     * name}: what is the same for all requests of a connection is worked out for the first of them.
     */
    public String once(String name, Function<SSLSession, String> compute) {
        synchronized (session) { // Streams of one connection may ask at the same time; sessions need not be safe.
            if (session.getValue(name) instanceof String known) {
                return known;
            }
            String value = compute.apply(session);
            session.putValue(name, value);
            return value;
        }
    }
}
