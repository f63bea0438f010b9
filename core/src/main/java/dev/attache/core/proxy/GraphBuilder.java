package dev.attache.core.proxy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.Unserved;
import dev.attache.core.config.files.ConfigChecks;
import dev.attache.core.grpcstats.GrpcStatsFilter;
import dev.attache.core.http.FilterChain;
import dev.attache.core.http.FilterFactory;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.http.HttpService;
import dev.attache.core.localreply.LocalReplies;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.net.DnsjavaResolver;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.route.Router;
import dev.attache.core.route.RouterNeeds;
import dev.attache.core.stats.StatScope;
import dev.attache.core.upstream.Cluster;
import dev.attache.core.upstream.ClusterManager;
import dev.attache.core.upstream.UpstreamClient;
import dev.attache.core.upstream.http1.Http1Client;
import dev.attache.core.upstream.http2.Http2Client;
import dev.attache.core.upstream.http2.SameAsDownstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns a configuration into running objects, and takes over from the graph before it what is the same. Nothing is
 * started while something can still be wrong.
 */
final class GraphBuilder {

    private static final List<String> HTTP2 = List.of("h2");
    private static final List<String> HTTP2_OR_1 = List.of("h2", "http/1.1");

    private final Foundation foundation;
    private final @Nullable Function<Cluster, UpstreamClient> clients;

    /**
     * A builder.
     *
     * @param clients makes the attempts; null for HTTP over connections
     */
    GraphBuilder(Foundation foundation, @Nullable Function<Cluster, UpstreamClient> clients) {
        this.foundation = foundation;
        this.clients = clients;
    }

    /**
     * The graph of a configuration; its new clusters have not begun yet.
     *
     * @param previous the graph to take over from; null where there is none
     * @throws ConfigException when something in the configuration cannot be served; the previous graph is untouched
     */
    ProxyGraph build(ProxyConfig config, @Nullable ProxyGraph previous) {
        List<ConfigProblem> refused =
                new ArrayList<>(Unserved.problems(config, new Positions(), Unserved.Policy.REFUSE));
        refused.addAll(ConfigChecks.names(config));
        if (!refused.isEmpty()) {
            throw new ConfigException(refused);
        }
        // Clusters look names up with the resolver that they were made with: another resolver, other clusters.
        ProxyGraph kept = previous != null && previous.config().dns().equals(config.dns()) ? previous : null;
        DnsResolver resolver = kept == null
                ? new DnsjavaResolver(
                        config.dns(), foundation.stats().scope("dns").scope("cares"))
                : kept.resolver();
        ClusterManager before = kept == null ? null : kept.clusters();
        ClusterManager clusters = null;
        Map<DownstreamTlsConfig, DownstreamTls> tls = new HashMap<>();
        try {
            downstreamTls(config, previous, tls);
            clusters = new ClusterManager(
                    config.clusters(),
                    before,
                    cluster -> cluster(cluster, resolver),
                    foundation.stats().scope("cluster_manager"));
            return new ProxyGraph(config, resolver, clusters, listeners(config, clusters, tls), tls);
        } catch (RuntimeException wrong) {
            tls.forEach((settings, context) -> {
                if (previous == null || !previous.tls().containsKey(settings)) {
                    context.close();
                }
            });
            if (clusters != null && before != null) {
                clusters.closeAllBut(before);
            } else if (clusters != null) {
                clusters.close();
            }
            if (kept == null) {
                resolver.close();
            }
            throw wrong;
        }
    }

    private Cluster cluster(ClusterConfig config, DnsResolver resolver) {
        Function<Cluster, UpstreamClient> maker = clients == null ? client(config) : clients;
        return new Cluster(config, statScope(config), resolver, maker);
    }

    private StatScope statScope(ClusterConfig config) {
        return foundation.stats().cluster(config.statName().isEmpty() ? config.name() : config.statName());
    }

    private @Nullable StatScope statScope(@Nullable Cluster cluster) {
        return cluster == null ? null : statScope(cluster.config());
    }

    /** What makes the attempts: by the cluster's protocol. */
    private Function<Cluster, UpstreamClient> client(ClusterConfig config) {
        return switch (config.protocol()) {
            case HTTP1 -> {
                UpstreamTls tls = tls(config, List.of());
                yield cluster -> http1(cluster, tls);
            }
            case HTTP2 -> {
                UpstreamTls http2 = tls(config, HTTP2);
                yield cluster -> http2(cluster, http2, null);
            }
            case DOWNSTREAM -> {
                UpstreamTls tls = tls(config, List.of());
                UpstreamTls http2 = tls(config, HTTP2);
                yield cluster -> new SameAsDownstream(http1(cluster, tls), http2(cluster, http2, null));
            }
            case AUTO -> {
                UpstreamTls tls = tls(config, List.of());
                if (tls == null) {
                    yield cluster -> http1(cluster, null); // Nobody to agree with.
                }
                UpstreamTls both = tls(config, HTTP2_OR_1);
                yield cluster -> http2(cluster, both, http1(cluster, tls));
            }
        };
    }

    /** TLS toward a cluster, null for plain text; {@code alpn} is offered where the configuration says nothing. */
    private @Nullable UpstreamTls tls(ClusterConfig config, List<String> alpn) {
        return config.tls()
                .map(settings -> settings.alpn().isEmpty()
                        ? settings.toBuilder().alpn(alpn).build()
                        : settings)
                .map(settings -> foundation.tls().upstream(settings, config.name()))
                .orElse(null);
    }

    private UpstreamClient http1(Cluster cluster, @Nullable UpstreamTls tls) {
        return new Http1Client(cluster.config(), cluster.stats(), cluster.limits(false), tls, foundation.deadlines());
    }

    private UpstreamClient http2(Cluster cluster, @Nullable UpstreamTls tls, @Nullable UpstreamClient http1) {
        return new Http2Client(
                cluster.config(),
                cluster.stats(),
                cluster.limits(false),
                tls,
                http1,
                foundation.deadlines(),
                foundation.threads());
    }

    /** Puts TLS of all listeners into {@code tls}: taken over, sessions and all, where it is the same as before. */
    private void downstreamTls(
            ProxyConfig config, @Nullable ProxyGraph previous, Map<DownstreamTlsConfig, DownstreamTls> tls) {
        for (ListenerConfig listener : config.listeners()) {
            for (FilterChainConfig chain : listener.filterChains()) {
                if (chain.tls().isPresent() && !tls.containsKey(chain.tls().get())) {
                    DownstreamTlsConfig settings = chain.tls().get();
                    DownstreamTls before =
                            previous == null ? null : previous.tls().get(settings);
                    tls.put(
                            settings,
                            before == null ? foundation.tls().downstream(settings, listener.statName()) : before);
                }
            }
        }
    }

    private List<ProxyGraph.Listener> listeners(
            ProxyConfig config, ClusterManager clusters, Map<DownstreamTlsConfig, DownstreamTls> tls) {
        List<ProxyGraph.Listener> listeners = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            List<ProxyGraph.Chain> chains = new ArrayList<>();
            for (FilterChainConfig chain : listener.filterChains()) {
                HttpEntry entry = entry(listener, (HttpConfig) chain.protocol(), clusters);
                DownstreamTls context = chain.tls().map(tls::get).orElse(null);
                chains.add(new ProxyGraph.Chain(chain, entry, context));
            }
            listeners.add(new ProxyGraph.Listener(listener, chains));
        }
        return listeners;
    }

    private static String name(ListenerConfig listener) {
        return listener.name().isEmpty() ? listener.address().toString() : listener.name();
    }

    private HttpEntry entry(ListenerConfig listener, HttpConfig http, ClusterManager clusters) {
        try {
            RouterNeeds needs = new RouterNeeds(
                    clusters::cluster,
                    foundation.deadlines(),
                    foundation.runtime(),
                    foundation.stats().http(http.statPrefix()),
                    http.streamIdleTimeout(),
                    listener.connectionBufferLimitBytes(),
                    http.suppressEnvoyHeaders());
            Router router = new Router(http.routes(), http.upgrades(), needs);
            int port = listener.address() instanceof Address.Socket socket ? socket.port() : 0;
            return entry(http, port, FilterChain.of(filters(http, clusters), router));
        } catch (IllegalArgumentException wrong) {
            throw new ConfigException("listener " + name(listener), String.valueOf(wrong.getMessage()), "");
        }
    }

    /** The stages of an HTTP listener before any service, such as the admin interface. */
    HttpEntry entry(HttpConfig http, int port, HttpService service) {
        StatScope scope = foundation.stats().http(http.statPrefix());
        RequestStats stats = new RequestStats(scope);
        return new HttpPipeline(
                http,
                foundation.deadlines(),
                new PathRules(http, port, stats),
                service,
                new LocalReplies(http.localReplies(), foundation.runtime()),
                stats,
                new ConnectionStats(scope),
                foundation.logs().open(http.accessLogs(), foundation.runtime()));
    }

    private List<HttpFilter> filters(HttpConfig http, ClusterManager clusters) {
        List<HttpFilter> filters = new ArrayList<>(foundation.filters());
        for (FilterConfig filter : http.filters()) {
            switch (filter) {
                case FilterConfig.GrpcStats grpc ->
                    filters.add(new GrpcStatsFilter(grpc, name -> statScope(clusters.cluster(name))));
                case FilterConfig.Extension extension -> filters.add(extension(extension.name()));
                case FilterConfig.Fault _, FilterConfig.RateLimit _ ->
                    throw new IllegalStateException("not served, and refused before: " + filter);
            }
        }
        return filters;
    }

    private HttpFilter extension(String name) {
        FilterFactory factory = foundation.factories().get(name);
        if (factory == null) {
            throw new ConfigException(
                    "http_filters",
                    name + " is no filter that this process has",
                    "one of " + foundation.factories().keySet());
        }
        return factory.create();
    }
}
