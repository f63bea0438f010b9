package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.Positions;
import dev.attache.core.config.TlsParameters;
import java.util.List;

/**
 * A local service behind a TLS terminator.
 *
 * @param at where it was written
 * @param serverNames names that it has, {@code *} for all
 * @param upstream where it listens
 * @param certificates certificates of its own; empty for a service that only the default chain knows
 * @param parameters versions, suites and curves of its own chain
 * @param alpn protocols that its own chain takes
 */
record TlsProxyService(
        Positions.Position at,
        List<String> serverNames,
        Address upstream,
        List<CertificateFiles> certificates,
        TlsParameters parameters,
        List<String> alpn) {

    TlsProxyService {
        serverNames = List.copyOf(serverNames);
        certificates = List.copyOf(certificates);
        alpn = List.copyOf(alpn);
    }

    /** The name of its cluster, which is a label of the metrics. */
    String cluster() {
        return "local_" + place();
    }

    /** The name of its virtual host in the default chain. */
    String virtualHost() {
        return "non_sni_" + place();
    }

    private String place() {
        return switch (upstream) {
            case Address.Socket socket -> "port_" + socket.port();
            case Address.Pipe pipe -> "path_" + pipe.path();
        };
    }
}
