package dev.attache.core.config;

import java.util.List;

/**
 * What a TLS handshake may settle on.
 *
 * @param minVersion TLSv1.2 or TLSv1.3
 * @param maxVersion TLSv1.2 or TLSv1.3
 * @param cipherSuites suites up to TLS 1.2 by their OpenSSL names, [A|B] groups allowed; empty means the engine's
 *         secure default
 * @param curves curves such as X25519 and P-256; empty means the engine's default
 */
public record TlsParameters(String minVersion, String maxVersion, List<String> cipherSuites, List<String> curves) {

    public TlsParameters {
        cipherSuites = List.copyOf(cipherSuites);
        curves = List.copyOf(curves);
    }

    /** TLS 1.2 and 1.3 with the engine's suites. */
    public static final TlsParameters MODERN = new TlsParameters("TLSv1.2", "TLSv1.3", List.of(), List.of());

    /** What Envoy's clients do where nothing is said: TLS 1.2 alone. */
    public static final TlsParameters ENVOY_CLIENT = new TlsParameters("TLSv1.2", "TLSv1.2", List.of(), List.of());
}
