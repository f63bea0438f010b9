package dev.attache.admin;

import dev.attache.core.config.AdminConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.net.Descriptors;
import dev.attache.listeners.Attache;
import java.net.BindException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The admin interface of a running proxy, on a TCP address or a unix socket of its own, never on a traffic listener.
 * Pages that change something answer POST alone. There is no authentication: bind it to loopback or to a unix socket.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/operations/admin">Envoy administration interface</a>
 */
public final class AdminServer {

    /** For a client to send all of a request, or to take some more of an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private AdminServer() {}

    /**
     * Serves the admin interface until the proxy is closed.
     *
     * @param commandLine what the process was started with, for {@code /server_info}
     * @param quit        ends the process; called by {@code /quitquitquit}, must not block
     * @return where it is bound; empty where the configuration has none
     * @throws ConfigException when the address cannot be bound
     */
    public static List<SocketAddress> start(Attache proxy, CommandLine commandLine, Runnable quit) {
        return start(proxy, commandLine, () -> true, quit);
    }

    /** As {@link #start(Attache, CommandLine, Runnable)}; {@code warm} says whether the start is over. */
    static List<SocketAddress> start(Attache proxy, CommandLine commandLine, BooleanSupplier warm, Runnable quit) {
        AdminConfig admin = proxy.config().admin().orElse(null);
        if (admin == null) {
            return List.of();
        }
        HttpConfig http = HttpConfig.builder("admin", RouteTableConfig.builder().build())
                .accessLogs(admin.accessLogs())
                .acceptHttp10(true)
                .idleTimeout(Duration.ofMinutes(5))
                .requestHeadersTimeout(PATIENCE)
                .requestTimeout(PATIENCE)
                .streamIdleTimeout(PATIENCE)
                .build();
        ListenerConfig listener = ListenerConfig.builder(
                        admin.address(), List.of(FilterChainConfig.builder(http).build()))
                .name("admin")
                .statPrefix("admin")
                .maxConnections(Descriptors.ofProcess().aside())
                .ignoreGlobalConnectionLimit(admin.ignoreGlobalConnectionLimit())
                .build();
        try {
            return proxy.serveAside(listener, http, service(proxy, commandLine, warm, quit))
                    .addresses();
        } catch (BindException taken) {
            throw new ConfigException(
                    "admin.address", String.valueOf(taken.getMessage()), "an address that can be bound");
        }
    }

    static AdminService service(Attache proxy, CommandLine commandLine, BooleanSupplier warm, Runnable quit) {
        List<AdminEndpoint> endpoints = new ArrayList<>();
        endpoints.addAll(ServerEndpoints.of(proxy, commandLine, warm, quit));
        endpoints.addAll(StatsEndpoints.of(proxy.stats()));
        endpoints.addAll(RuntimeEndpoints.of(proxy.runtime()));
        endpoints.add(new ClustersEndpoint(proxy));
        endpoints.add(new CertsEndpoint(proxy::certificates));
        endpoints.add(new LoggingEndpoint(logging()));
        return new AdminService(endpoints);
    }

    /** Empty where the host application keeps another log, or has left our logging backend out. */
    private static Optional<Logging> logging() {
        try {
            return Logging.ofProcess();
        } catch (NoClassDefFoundError leftOut) {
            return Optional.empty();
        }
    }
}
