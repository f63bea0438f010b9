package dev.attache.core.config.services;

import dev.attache.core.config.DnsConfig;
import dev.attache.core.config.DnsRefreshConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What holds for all listeners.
 *
 * @param listenAddresses IP addresses, in the order in which the sockets are opened
 * @param accessLogPath a file; {@code {name}} stands for the listener's name, a folder holds one file a listener
 * @param trustedCa PEM bundle; empty means the dialect's default
 * @param connectTimeout TCP and TLS together; empty means the dialect's default
 * @param tracedPercent share of the requests that are traced
 */
record Settings(
        Dialect dialect,
        List<String> listenAddresses,
        String accessLogPath,
        Optional<Path> trustedCa,
        Optional<Duration> connectTimeout,
        DnsConfig dns,
        DnsRefreshConfig refresh,
        double tracedPercent) {

    Settings {
        listenAddresses = List.copyOf(listenAddresses);
    }
}
