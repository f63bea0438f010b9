package dev.attache.tls;

import dev.attache.core.config.TlsParameters;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * What a side of a handshake has to offer, by Java's names.
 *
 * @param protocols versions of TLS, the oldest first
 * @param suites    cipher suites, the preferred one first
 * @param curves    key exchange groups, the preferred one first; empty for the engine's own
 */
record Offer(List<String> protocols, List<String> suites, List<String> curves) {

    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

    /**
     * What the configuration says, as far as the engine is able to.
     *
     * @throws dev.attache.core.config.ConfigException when a name is unknown, or nothing is left to offer
     */
    static Offer of(TlsParameters parameters, TlsEngine kind, SSLContext context, Field field) {
        Set<String> supported = Set.of(context.getSupportedSSLParameters().getCipherSuites());
        return new Offer(
                protocols(parameters, field),
                List.of(CipherSuites.resolve(parameters.cipherSuites(), supported, field.at("cipher_suites"))),
                Curves.resolve(parameters.curves(), kind, field.at("ecdh_curves")));
    }

    private static List<String> protocols(TlsParameters parameters, Field field) {
        int min = version(parameters.minVersion(), field.at("tls_minimum_protocol_version"));
        int max = version(parameters.maxVersion(), field.at("tls_maximum_protocol_version"));
        if (min > max) {
            throw field.at("tls_minimum_protocol_version")
                    .wrong(parameters.minVersion(), "at most the maximum, " + parameters.maxVersion());
        }
        return VERSIONS.subList(min, max + 1);
    }

    private static int version(String name, Field field) {
        int index = VERSIONS.indexOf(name);
        if (index < 0) {
            throw field.wrong(name, String.join(" or ", VERSIONS));
        }
        return index;
    }

    /** The same, with these curves where none are configured. */
    Offer orCurves(List<String> otherwise) {
        return curves.isEmpty() ? new Offer(protocols, suites, otherwise) : this;
    }

    /** A new object for one engine, with the application protocols besides. */
    SSLParameters parameters(List<String> alpn) {
        SSLParameters parameters = new SSLParameters(suites.toArray(String[]::new), protocols.toArray(String[]::new));
        parameters.setApplicationProtocols(alpn.toArray(String[]::new));
        if (!curves.isEmpty()) {
            parameters.setNamedGroups(curves.toArray(String[]::new));
        }
        return parameters;
    }
}
