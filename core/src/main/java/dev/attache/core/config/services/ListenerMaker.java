package dev.attache.core.config.services;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.InternalAddressConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.TracingConfig;
import dev.attache.core.config.TrafficDirection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the listeners of one entry: one for each address, all with the same protocol. */
final class ListenerMaker {

    private static final InternalAddressConfig MESH =
            new InternalAddressConfig(true, List.of("10.0.0.0/8", "127.0.0.1/32", "::1/128"));
    private static final int HTTPS = 443;
    private static final int MIN_LOG_CODE = 500;
    private static final String NO_LOG = "/dev/null";

    private final Settings settings;
    private final Notes notes;

    ListenerMaker(Settings settings, Notes notes) {
        this.settings = settings;
        this.notes = notes;
    }

    /** The listeners of {@code entry}, whose routes are {@code routes}. */
    List<ListenerConfig> listeners(Entry entry, EntryRoutes routes) {
        HttpConfig http = notes.put(http(entry, routes), entry.at());
        FilterChainConfig.Builder chain = settings.dialect().defaults().filterChain(http);
        entry.tuning().tls().ifPresent(tls -> tls.apply(chain));
        List<FilterChainConfig> chains = List.of(notes.put(chain.build(), entry.at()));
        List<ListenerConfig> listeners = new ArrayList<>();
        for (String ip : addresses(entry)) {
            Address address = notes.put(new Address.Socket(ip, entry.port()), entry.portAt());
            ListenerConfig listener = settings.dialect()
                    .defaults()
                    .listener(address, chains)
                    .name(entry.name())
                    .bindToPort(entry.tuning().bindToPort())
                    .proxyProtocol(entry.tuning().proxyProtocol())
                    .direction(endsTls(entry) ? TrafficDirection.INBOUND : TrafficDirection.UNSPECIFIED)
                    .build();
            listeners.add(notes.put(listener, entry.at()));
            entry.tuning()
                    .redirectPort()
                    .ifPresent(port -> listeners.add(notes.put(redirect(entry, ip, port), entry.at())));
        }
        return listeners;
    }

    private ListenerConfig redirect(Entry entry, String ip, int port) {
        String name = entry.name() + "_redirect";
        int target = entry.port() == HTTPS ? 0 : entry.port();
        Address address = notes.put(new Address.Socket(ip, port), entry.at());
        return HttpsRedirect.listener(settings.dialect().defaults(), address, name, name, target);
    }

    private static boolean endsTls(Entry entry) {
        return entry.tuning().tls().isPresent();
    }

    /** The addresses that {@code entry} is bound to. */
    List<String> addresses(Entry entry) {
        List<String> own = entry.tuning().listenAddresses();
        if (!own.isEmpty()) {
            return own;
        }
        return entry.tuning().bindToPort()
                ? settings.listenAddresses()
                : settings.listenAddresses().subList(0, 1);
    }

    private HttpConfig http(Entry entry, EntryRoutes routes) {
        HttpConfig.Builder http = settings.dialect()
                .defaults()
                .http(entry.name() + (endsTls(entry) ? "_ingress" : "_egress"), routes.table(entry))
                .accessLogs(accessLogs(entry));
        if (settings.dialect() == Dialect.KUBERNETES) {
            http.internalAddresses(MESH);
        }
        if (settings.tracedPercent() > 0) {
            http.tracing(new TracingConfig(MeshClusters.TRACES, Duration.ofMillis(250), "", settings.tracedPercent()));
        }
        List<FilterConfig> filters = new ArrayList<>(entry.tuning().filters());
        entry.rateLimit()
                .ifPresent(limit -> filters.add(new FilterConfig.RateLimit(
                        limit.domain(), MeshClusters.RATE_LIMIT, Duration.ofMillis(20), false, true, true)));
        http.filters(filters);
        entry.tuning().http().apply(http);
        return http.build();
    }

    private List<AccessLogConfig> accessLogs(Entry entry) {
        String path = entry.tuning().accessLogPath().orElse(settings.accessLogPath());
        if (path.equals(NO_LOG)) {
            return List.of();
        }
        int atLeast = entry.tuning().minLogCode().orElse(MIN_LOG_CODE);
        StatusFilter filter = new StatusFilter(StatusFilter.Op.GE, atLeast, entry.name() + "_min_log_code");
        return List.of(new AccessLogConfig(
                new AccessLogConfig.Sink.File(file(path, entry.name())), Optional.empty(), Optional.of(filter)));
    }

    private static Path file(String path, String name) {
        Path file = Path.of(path.replace("{name}", name));
        return path.endsWith("/") || Files.isDirectory(file) ? file.resolve(name + ".log") : file;
    }
}
