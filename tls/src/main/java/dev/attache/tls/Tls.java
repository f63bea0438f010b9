package dev.attache.tls;

import dev.attache.core.net.TlsProvider;

/** The way into this module: gives a proxy its {@link TlsProvider}. */
public final class Tls {

    private Tls() {}

    /** TLS by Conscrypt, or by the JDK where Conscrypt's native library cannot be loaded. Changes nothing global. */
    public static TlsProvider provider() {
        return provider(TlsEngine.CONSCRYPT);
    }

    /**
     * TLS by the given engine.
     *
     * @param preferred what to use; {@link TlsEngine#CONSCRYPT} becomes {@link TlsEngine#JDK}, with one log line, where
     *         its native library cannot be loaded
     */
    public static TlsProvider provider(TlsEngine preferred) {
        return new TlsContexts(preferred);
    }
}
