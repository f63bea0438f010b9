package dev.attache.listeners;

import static java.util.Objects.requireNonNull;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.TrafficDirection;
import dev.attache.core.http.FilterFactory;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.ProxyClosedException;
import dev.attache.core.net.CertificateState;
import dev.attache.core.net.Descriptors;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.proxy.InProcess;
import dev.attache.core.proxy.JettyCheck;
import dev.attache.core.proxy.ProxyGraph;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import dev.attache.core.upstream.Cluster;
import dev.attache.tls.Tls;
import java.net.BindException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A running proxy, as a host application embeds it.
 *
 * <pre>{@code
 * try (Attache proxy = Attache.builder(ConfigFiles.read(Path.of("envoy.yaml"))).start()) {
 *     HttpService search = proxy.service("search");
 *     try (Response answer = search.handle(Request.get("/_cat/health"), Exchange.begin())) { ... }
 * }
 * }</pre>
 *
 * <p>It registers no shutdown hook, ends no process, and changes nothing that belongs to the whole JVM. Safe for use by
 * all threads.
 */
public final class Attache implements AutoCloseable {

    /** What the proxy is doing; Envoy's words. */
    public enum State {
        LIVE,
        /** Health checks fail on purpose, or the listeners are draining. */
        DRAINING
    }

    /**
     * A listener and where it is bound.
     *
     * @param config    as configured
     * @param addresses the addresses bound, with the port that the system chose where the configuration says 0
     */
    public record BoundListener(ListenerConfig config, List<SocketAddress> addresses) {}

    private final InProcess core;
    private final ListenerManager listeners;
    private final long startNanos = System.nanoTime();
    private final ReentrantLock changing = new ReentrantLock();
    private volatile boolean healthChecksFail;
    private volatile boolean stopping;
    private boolean closed; // Guarded by changing.

    private Attache(Builder from) {
        core = from.core.start();
        Descriptors descriptors = Descriptors.ofProcess();
        listeners = new ListenerManager(
                core.stats(), core.deadlines(), core.graph().config().overload(), descriptors, upstreams());
        DescriptorNeeds.of(core.graph().config()).warnAbove(descriptors.limit());
        try {
            listeners.start(bindings(core.graph()));
        } catch (BindException taken) {
            close();
            throw new ConfigException("listeners", String.valueOf(taken.getMessage()), "addresses that can be bound");
        } catch (RuntimeException | Error wrong) {
            close();
            throw wrong;
        }
        StatScope server = core.stats().server();
        java.lang.Runtime jvm = java.lang.Runtime.getRuntime();
        server.gauge("live", () -> state() == State.LIVE ? 1 : 0);
        server.gauge("state", () -> state() == State.LIVE ? 0 : 1);
        server.gauge("uptime", () -> uptime().toSeconds());
        server.gauge("concurrency", jvm::availableProcessors);
        server.gauge("memory_allocated", () -> jvm.totalMemory() - jvm.freeMemory());
        server.gauge("memory_heap_size", jvm::totalMemory);
        server.gauge("total_connections", listeners::connections);
    }

    /** A proxy for {@code config}, not started yet. */
    public static Builder builder(ProxyConfig config) {
        return new Builder(InProcess.builder(config, Tls.provider()));
    }

    /** As {@link #builder(ProxyConfig)}, with TLS of the host application's own. */
    public static Builder builder(ProxyConfig config, TlsProvider tls) {
        return new Builder(InProcess.builder(config, tls));
    }

    /** What a proxy is started with. For one thread. */
    public static final class Builder {
        private final InProcess.Builder core;

        private Builder(InProcess.Builder core) {
            this.core = core;
        }

        /** Stats that the host application has made, to report from its own registry; closed by it as well. */
        public Builder stats(Stats own) {
            core.stats(own);
            return this;
        }

        /** A filter before those of every listener; several run in the order of their adding. */
        public Builder filter(HttpFilter filter) {
            core.filter(filter);
            return this;
        }

        /** A filter that a configuration may name, beside those found by {@code ServiceLoader}. */
        public Builder filterFactory(FilterFactory factory) {
            core.filterFactory(factory);
            return this;
        }

        /**
         * Starts the proxy; its listeners are bound when this returns.
         *
         * @throws ConfigException       when the configuration cannot be served, or an address cannot be bound; nothing
         *     is left running then
         * @throws IllegalStateException when the host has another Jetty that lacks what is needed; the message says which
         */
        public Attache start() {
            JettyCheck.require(Attache.class);
            return new Attache(this);
        }
    }

    /**
     * The in-process client of a listener: same route, policies, stats and access log, no socket. It follows updates;
     * while one has left no listener of the name it answers 503, with details {@code listener_not_found}. Once the proxy
     * is closed, it throws {@link dev.attache.core.http.ProxyClosedException}.
     *
     * @param name the listener's name (in the services-proxy form the entry's name), or else its stat prefix
     * @throws IllegalArgumentException when no listener, or more than one, answers to the name; the message lists all
     * @throws IllegalStateException    after {@link #close}
     */
    public HttpService service(String name) {
        return core.service(name);
    }

    /**
     * Serves a new configuration from now on: a listener whose address is the same keeps its socket, a cluster that is
     * the same its connections; requests in progress finish on the old one.
     *
     * @throws ConfigException       when it cannot be served; the old one goes on untouched
     * @throws IllegalStateException after {@link #close}
     */
    public void update(ProxyConfig config) {
        requireNonNull(config, "config");
        changing.lock();
        try {
            checkNotClosed();
            ProxyGraph next = core.prepare(config);
            try {
                listeners.update(bindings(next), () -> core.swap(next));
            } catch (BindException taken) {
                core.discard(next);
                throw new ConfigException(
                        "listeners", String.valueOf(taken.getMessage()), "addresses that can be bound");
            }
        } finally {
            changing.unlock();
        }
    }

    private Room.Upstreams upstreams() {
        return new Room.Upstreams() {
            @Override
            public long open() {
                return clusters().stream()
                        .mapToLong(cluster -> cluster.stats().upstreamCxActive.value())
                        .sum();
            }

            @Override
            public long most() {
                return clusters().stream()
                        .mapToLong(
                                cluster -> cluster.limits(false).connections().max())
                        .reduce(0, DescriptorNeeds::sum);
            }
        };
    }

    private void checkNotClosed() {
        if (closed) {
            throw new ProxyClosedException();
        }
    }

    private static List<ListenerManager.Binding> bindings(ProxyGraph graph) {
        return graph.listeners().stream()
                .map(listener -> new ListenerManager.Binding(listener.config(), listener.chains()))
                .toList();
    }

    public ProxyConfig config() {
        return core.graph().config();
    }

    public Stats stats() {
        return core.stats();
    }

    public Runtime runtime() {
        return core.runtime();
    }

    /** The certificates that are in use now, by file. */
    public List<CertificateState> certificates() {
        return core.certificates();
    }

    public Collection<Cluster> clusters() {
        return core.graph().clusters().clusters();
    }

    /** The bound listeners, in the order of the configuration. */
    public List<BoundListener> listeners() {
        return listeners.listeners().stream()
                .map(listener -> new BoundListener(listener.config(), listener.addresses()))
                .toList();
    }

    /**
     * Serves {@code service} on a socket beside the configuration's listeners, such as an admin interface; it goes on
     * while those drain, until {@link #close}.
     *
     * @throws BindException         when the address cannot be bound
     * @throws IllegalStateException after {@link #close}
     */
    public BoundListener serveAside(ListenerConfig config, HttpConfig http, HttpService service) throws BindException {
        requireNonNull(config, "config");
        requireNonNull(http, "http");
        requireNonNull(service, "service");
        changing.lock();
        try {
            checkNotClosed();
            HttpListener listener =
                    listeners.startAside(new ListenerManager.Binding(config, core.entry(http, service)));
            return new BoundListener(listener.config(), listener.addresses());
        } finally {
            changing.unlock();
        }
    }

    /** Whether any client has connected to a listener of the configuration. */
    public boolean hasClients() {
        return listeners.listeners().stream().anyMatch(HttpListener::hasHadClients);
    }

    public State state() {
        return healthChecksFail || stopping ? State.DRAINING : State.LIVE;
    }

    public Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** Makes {@link #state} say DRAINING, for whoever checks this proxy's health, or LIVE again. */
    public void failHealthChecks(boolean fail) {
        healthChecksFail = fail;
    }

    /**
     * Lets listeners take no new connections; open ones end with their next answer.
     *
     * @param inboundOnly only listeners that face the outside
     */
    public void stopAccepting(boolean inboundOnly) {
        stopping |= !inboundOnly;
        listeners.stopAccepting(config -> !inboundOnly || config.direction() == TrafficDirection.INBOUND);
    }

    /** Opens the access logs anew, after they were moved away. */
    public void reopenLogs() {
        core.reopenLogs();
    }

    /**
     * Stops accepting and waits for the requests in progress; {@link #close} is still to be called.
     *
     * @return whether all of them came to their end in time
     */
    public boolean drain(Duration atMost) throws InterruptedException {
        stopping = true;
        return listeners.drain(atMost);
    }

    /**
     * Ends everything; what is in progress is cut, an update under way is finished first. There is no way back: later calls
     * and updates throw. Returns when all is over, for every thread that calls it. Idempotent.
     */
    @Override
    public void close() {
        stopping = true;
        core.beginClose();
        changing.lock();
        try {
            if (!closed) {
                closed = true;
                listeners.close();
                core.close();
            }
        } finally {
            changing.unlock();
        }
    }
}
