package dev.attache.tls;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.OcspPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a configuration asks of a server's engine and does not get: an error where something would be less safe, else a
 * warning.
 *
 * <p>Neither engine takes an OCSP response from a file: Conscrypt has no public way to give it one, and the JDK fetches
 * responses by itself and for the whole JVM only. Conscrypt can be told to give no tickets, but up to TLS 1.2 always
 * finds sessions by their ids; the JDK can be told neither. What cannot be turned off ends after a second. The life of
 * Conscrypt's TLS 1.3 tickets is two days, whatever is configured.
 */
final class ServerLimits {

    private static final Logger log = LoggerFactory.getLogger(ServerLimits.class);

    private ServerLimits() {}

    static void check(DownstreamTlsConfig config, TlsEngine kind, User user) {
        Field field = user.field();
        if (config.ocspPolicy() == OcspPolicy.MUST_STAPLE) {
            throw field.at("ocsp_staple_policy")
                    .wrong("MUST_STAPLE, and the TLS engine can show no OCSP staple", "LENIENT_STAPLING");
        }
        for (CertificateFiles files : config.certificates()) {
            if (files.ocspStaple().isPresent()) {
                if (config.ocspPolicy() == OcspPolicy.STRICT) {
                    throw field.at("ocsp_staple")
                            .wrong(
                                    files.ocspStaple().get() + ", and the TLS engine can show no OCSP staple",
                                    "none, or LENIENT_STAPLING");
                }
                log.warn(
                        "{}: ocsp_staple {} is without effect: the TLS engine can show none",
                        field.path(),
                        files.ocspStaple().get());
            }
        }
        boolean unwanted = kind == TlsEngine.CONSCRYPT ? !config.sessionCache() : true;
        if (!config.sessionTickets() && unwanted) {
            log.warn("{}: sessions end after 1 s: the TLS engine resumes them always", field.path());
        }
    }
}
