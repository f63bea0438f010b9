package dev.attache.core.proxy;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.http.HttpService;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.upstream.ClusterManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The running objects of one configuration. Immutable: the next configuration gets a graph of its own, which takes over
 * what is the same; requests in progress finish on the graph that they began on.
 */
public final class ProxyGraph {

    /**
     * A listener's configuration and the ways into it.
     *
     * @param config as configured
     * @param chains its filter chains, in their order
     */
    public record Listener(ListenerConfig config, List<Chain> chains) {

        public Listener {
            chains = List.copyOf(chains);
        }

        /** Where requests go that came over no connection, and so through no chain in particular. */
        public HttpEntry entry() {
            return chains.getFirst().entry();
        }
    }

    /**
     * A filter chain.
     *
     * @param config as configured
     * @param entry  where its requests go
     * @param tls    TLS of its connections; null for plain text
     */
    public record Chain(
            FilterChainConfig config,
            HttpEntry entry,
            @Nullable DownstreamTls tls) {}

    private final ProxyConfig config;
    private final DnsResolver resolver;
    private final ClusterManager clusters;
    private final List<Listener> listeners;
    private final Map<DownstreamTlsConfig, DownstreamTls> tls;

    ProxyGraph(
            ProxyConfig config,
            DnsResolver resolver,
            ClusterManager clusters,
            List<Listener> listeners,
            Map<DownstreamTlsConfig, DownstreamTls> tls) {
        this.tls = Map.copyOf(tls);
        this.config = config;
        this.resolver = resolver;
        this.clusters = clusters;
        this.listeners = List.copyOf(listeners);
    }

    public ProxyConfig config() {
        return config;
    }

    DnsResolver resolver() {
        return resolver;
    }

    public ClusterManager clusters() {
        return clusters;
    }

    public List<Listener> listeners() {
        return listeners;
    }

    /**
     * The in-process client of a listener: same route, policies, stats and access log, no socket.
     *
     * @param name the listener's name (for the services-proxy form the entry's name), or else its stat prefix
     * @throws IllegalArgumentException when no listener, or more than one, answers to the name; the message lists all
     */
    public HttpService service(String name) {
        return ServiceNames.find(listeners, name);
    }

    /** The access logs that its configuration names, the admin interface's among them. */
    List<AccessLogConfig> accessLogs() {
        List<AccessLogConfig> logs = new ArrayList<>();
        for (Listener listener : listeners) {
            listener.chains()
                    .forEach(chain -> logs.addAll(chain.entry().config().accessLogs()));
        }
        config.admin().ifPresent(admin -> logs.addAll(admin.accessLogs()));
        return logs;
    }

    /** TLS of its listeners. */
    Map<DownstreamTlsConfig, DownstreamTls> tls() {
        return tls;
    }

    /** Closes what the next graph has not taken over. */
    void closeAllBut(ProxyGraph next) {
        tls.forEach((settings, context) -> {
            if (!next.tls.containsKey(settings)) {
                context.close();
            }
        });
        clusters.closeAllBut(next.clusters);
        if (!resolver.equals(next.resolver)) {
            resolver.close();
        }
    }

    void close() {
        tls.values().forEach(DownstreamTls::close);
        clusters.close();
        resolver.close();
    }
}
