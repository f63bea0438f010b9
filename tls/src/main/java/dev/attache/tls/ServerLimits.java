package dev.attache.tls;

import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.OcspPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a configuration asks of a server's engine and does not get: an error where something would be less safe than it
 * says, else a warning.
 *
 * <p>Neither engine takes an OCSP response from a file: Conscrypt has no public way to give it one, and the JDK fetches
 * responses by itself and for the whole JVM only. Conscrypt can be told to give no tickets; without them it finds
 * sessions up to TLS 1.2 by their ids, which cannot be turned off and so end after a second. The life that is configured
 * is not that of its TLS 1.3 tickets, which is two days. The JDK can be told neither, nor a life of its tickets: that is
 * for {@code jdk.tls.server.enableSessionTicketExtension} and {@code jdk.tls.statelessKeyTimeout}, for the whole JVM.
 */
final class ServerLimits {

    private static final Logger log = LoggerFactory.getLogger(ServerLimits.class);

    private ServerLimits() {}

    static void check(DownstreamTlsConfig config, TlsEngine kind, User user) {
        Field field = user.field();
        boolean stapled = config.certificates().stream()
                .anyMatch(files -> files.ocspStaple().isPresent());
        if (config.ocspPolicy() == OcspPolicy.MUST_STAPLE || (stapled && config.ocspPolicy() == OcspPolicy.STRICT)) {
            throw field.at("ocsp_staple_policy")
                    .wrong(config.ocspPolicy() + ", and the TLS engine can show no OCSP staple", "LENIENT_STAPLING");
        }
        if (config.sessionTickets()) {
            return;
        }
        if (kind == TlsEngine.JDK) {
            log.warn("{}: sessions are resumed all the same: the JDK cannot be told otherwise", field.path());
        } else if (!config.sessionCache()) {
            log.warn("{}: sessions up to TLS 1.2 end after 1 s, for they cannot be turned off", field.path());
        }
    }
}
