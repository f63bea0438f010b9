package dev.attache.core.proxy;

import static java.util.Objects.requireNonNull;

import dev.attache.core.accesslog.AccessLogWriter;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.FilterFactory;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.ProxyClosedException;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.net.CertificateState;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Stats;
import dev.attache.core.upstream.Cluster;
import dev.attache.core.upstream.UpstreamClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proxy without sockets: a host application calls its listeners by name, in its own process, with nothing but core and
 * a TLS provider on its class path. Safe for use by all threads.
 */
public final class InProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InProcess.class);

    /** How long a start waits for the first answers of DNS. */
    private static final Duration FIRST_ANSWERS = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Foundation foundation;
    private final boolean ownStats;
    private final GraphBuilder builder;
    private final ReentrantLock changing = new ReentrantLock();
    private final InProcessCalls calls;
    private volatile ProxyGraph graph;
    private volatile boolean closing;
    private boolean closed; // Guarded by changing.

    private InProcess(Builder from) {
        ownStats = from.stats == null;
        Stats stats = from.stats == null ? Stats.create(from.config.stats()) : from.stats;
        Deadlines deadlines = Deadlines.open();
        foundation = new Foundation(
                stats,
                Runtime.of(from.config.runtime(), stats.scope("runtime")),
                deadlines,
                new AccessLogWriter(stats),
                from.tls,
                from.filters,
                from.factories());
        calls = new InProcessCalls(stats);
        builder = new GraphBuilder(foundation, from.upstream);
        try {
            graph = builder.build(from.config, null);
        } catch (RuntimeException | Error wrong) {
            closeFoundation();
            throw wrong;
        }
        CertificateStats.report(foundation.tls(), stats, InstantSource.system(), this::statName);
        begin(graph);
        warmUpTls(from.config);
    }

    private String statName(String cluster) {
        return graph.config().clusters().stream()
                .filter(config ->
                        config.name().equals(cluster) && !config.statName().isEmpty())
                .map(ClusterConfig::statName)
                .findFirst()
                .orElse(cluster);
    }

    /** The first handshake of a JVM takes a second or so: not while a caller waits for it. */
    private void warmUpTls(ProxyConfig config) {
        if (config.clusters().stream().anyMatch(cluster -> cluster.tls().isPresent())
                || config.listeners().stream()
                        .flatMap(listener -> listener.filterChains().stream())
                        .anyMatch(chain -> chain.tls().isPresent())) {
            Thread.ofPlatform().daemon().name("attache-tls-warm-up").start(foundation.tls()::warmUp);
        }
    }

    /**
     * A running proxy for {@code config}, with nothing of the host application's own.
     *
     * @throws dev.attache.core.config.ConfigException when the configuration cannot be served
     */
    public static InProcess start(ProxyConfig config, TlsProvider tls) {
        return builder(config, tls).start();
    }

    /** A proxy that is not started yet. */
    public static Builder builder(ProxyConfig config, TlsProvider tls) {
        return new Builder(config, tls);
    }

    /** What a proxy is started with. For one thread. */
    public static final class Builder {
        private final ProxyConfig config;
        private final TlsProvider tls;
        private final List<HttpFilter> filters = new ArrayList<>();
        private final Map<String, FilterFactory> named = new HashMap<>();
        private @Nullable Stats stats;
        private @Nullable Function<Cluster, UpstreamClient> upstream;

        private Builder(ProxyConfig config, TlsProvider tls) {
            this.config = config;
            this.tls = tls;
        }

        /** Stats that the host application has made, to report from its own registry; closed by it as well. */
        public Builder stats(Stats own) {
            this.stats = own;
            return this;
        }

        /** A filter before those of every listener; several run in the order of their adding. */
        public Builder filter(HttpFilter filter) {
            filters.add(filter);
            return this;
        }

        /** A filter that a configuration may name, beside those found by {@link ServiceLoader}. */
        public Builder filterFactory(FilterFactory factory) {
            named.put(factory.name(), factory);
            return this;
        }

        /** Another way to make attempts than over connections, for tests and measurements of all the rest. */
        public Builder upstream(Function<Cluster, UpstreamClient> clients) {
            this.upstream = clients;
            return this;
        }

        private Map<String, FilterFactory> factories() {
            Map<String, FilterFactory> all = new HashMap<>();
            ServiceLoader.load(FilterFactory.class).forEach(factory -> all.put(factory.name(), factory));
            all.putAll(named);
            return all;
        }

        /**
         * Builds and starts everything but sockets; waits at most five seconds for the first answers of DNS.
         *
         * @throws dev.attache.core.config.ConfigException when the configuration cannot be served
         * @throws IllegalStateException                   when the host has another Jetty that lacks what is needed
         */
        public InProcess start() {
            JettyCheck.require(InProcess.class);
            return new InProcess(this);
        }

        /**
         * What would keep the proxy from starting: all is built as a start does it and then let go of. Opens and creates
         * nothing, asks no DNS and serves nobody.
         *
         * @return the first problem that a start would tell; empty where there is none
         */
        public List<ConfigProblem> check() {
            StatsConfig unsent = new StatsConfig(config.stats().histogramBuckets(), Optional.empty());
            Deadlines deadlines = Deadlines.open();
            try (Stats trial = Stats.create(unsent)) {
                Foundation foundation = new Foundation(
                        trial,
                        Runtime.of(config.runtime(), trial.scope("runtime")),
                        deadlines,
                        AccessLogWriter.opensNothing(trial),
                        tls,
                        filters,
                        factories());
                new GraphBuilder(foundation, upstream).build(config, null).close();
                return List.of();
            } catch (ConfigException wrong) {
                return wrong.problems();
            } finally {
                deadlines.close();
            }
        }
    }

    /** The running objects now. */
    public ProxyGraph graph() {
        return graph;
    }

    public Stats stats() {
        return foundation.stats();
    }

    public Runtime runtime() {
        return foundation.runtime();
    }

    public Deadlines deadlines() {
        return foundation.deadlines();
    }

    /** The certificates that are in use now, by file. */
    public List<CertificateState> certificates() {
        return foundation.tls().certificates();
    }

    /**
     * The in-process client of a listener; it follows updates. While an update has left no listener of the name, or
     * several that differ, it answers 503 with details {@code listener_not_found}. After {@link #close} it throws {@link
     * ProxyClosedException}.
     *
     * @throws IllegalArgumentException when no listener, or more than one, answers to the name; the message lists all
     * @throws ProxyClosedException     after {@link #close}
     */
    public HttpService service(String name) {
        requireNonNull(name, "name");
        checkOpen();
        return new Following(name, graph);
    }

    private void checkOpen() {
        if (closing) {
            throw new ProxyClosedException();
        }
    }

    /** A service of a name that goes over to the next graph with everything else. */
    private final class Following implements HttpService {
        private record Found(ProxyGraph in, HttpService service) {}

        private final String name;
        private volatile Found found;

        Following(String name, ProxyGraph now) {
            this.name = name;
            this.found = new Found(now, now.service(name));
        }

        @Override
        public Response handle(Request request, Exchange exchange) {
            requireNonNull(request, "request");
            requireNonNull(exchange, "exchange");
            checkOpen();
            ProxyGraph now = graph;
            Found last = found;
            if (!last.in.equals(now)) {
                last = new Found(now, inGraph(now));
                found = last;
            }
            return calls.call(last.service, request, exchange);
        }

        private HttpService inGraph(ProxyGraph now) {
            try {
                return now.service(name);
            } catch (IllegalArgumentException gone) {
                return new NoListener(String.valueOf(gone.getMessage()), foundation.runtime());
            }
        }
    }

    /** The stages of an HTTP listener before a service of one's own, such as the admin interface. */
    public HttpEntry entry(HttpConfig http, HttpService service) {
        return builder.entry(http, 0, service);
    }

    /** Builds the graph of a new configuration, without serving it yet. */
    public ProxyGraph prepare(ProxyConfig config) {
        try {
            return builder.build(config, graph);
        } catch (RuntimeException wrong) {
            retainLogs(graph);
            throw wrong;
        }
    }

    /** Lets go of the access logs that the graph which is served does not name. */
    private void retainLogs(ProxyGraph served) {
        foundation.logs().retain(served.accessLogs());
    }

    /** Closes what a prepared graph has of its own; it will not be served. */
    public void discard(ProxyGraph prepared) {
        prepared.closeAllBut(graph);
        retainLogs(graph);
    }

    /**
     * Serves a prepared graph from now on; what the old one alone has is closed when it is no longer used.
     *
     * @throws ProxyClosedException after {@link #close}
     */
    public void swap(ProxyGraph next) {
        changing.lock();
        try {
            checkNotClosed();
            begin(next);
            ProxyGraph old = graph;
            graph = next;
            foundation.runtime().reload(next.config().runtime());
            old.closeAllBut(next);
            retainLogs(next);
        } finally {
            changing.unlock();
        }
    }

    /**
     * Serves a new configuration from now on; requests in progress finish on the old one.
     *
     * @throws dev.attache.core.config.ConfigException when it cannot be served; the old one goes on
     * @throws ProxyClosedException                    after {@link #close}
     */
    public void update(ProxyConfig config) {
        changing.lock();
        try {
            checkNotClosed();
            swap(prepare(config));
        } finally {
            changing.unlock();
        }
    }

    /** Opens the access logs anew, after they were moved away. */
    public void reopenLogs() {
        foundation.logs().reopen(Duration.ofSeconds(5));
    }

    private void begin(ProxyGraph starting) {
        starting.clusters().start();
        long end = System.nanoTime() + FIRST_ANSWERS.toNanos();
        try {
            List<Cluster> late = List.of();
            for (long left = end - System.nanoTime(); left > 0 && !closing; left = end - System.nanoTime()) {
                // In parts: whoever closes the proxy does not wait for DNS.
                late = starting.clusters().awaitReady(Duration.ofNanos(Math.min(left, BETWEEN_LOOKS.toNanos())));
                if (late.isEmpty()) {
                    return;
                }
            }
            for (Cluster cluster : late) {
                LOG.warn(
                        "cluster {}: DNS has not answered yet; going on",
                        cluster.config().name());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkNotClosed() {
        if (closed) {
            throw new ProxyClosedException();
        }
    }

    private void closeFoundation() {
        foundation.logs().close();
        foundation.deadlines().close();
        if (ownStats) {
            foundation.stats().close();
        }
    }

    /** Refuses calls from now on, and ends the wait of an update for DNS: {@link #close} follows. */
    public void beginClose() {
        closing = true;
    }

    /**
     * Ends everything; what is in progress is cut. Later calls throw {@link ProxyClosedException}. Returns when all is
     * over, for every thread that calls it. Idempotent.
     */
    @Override
    public void close() {
        beginClose();
        changing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            calls.close();
            graph.close();
            closeFoundation();
        } finally {
            changing.unlock();
        }
    }
}
