package dev.attache.listeners;

import dev.attache.core.config.Address;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.OverloadConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.net.Descriptors;
import dev.attache.core.proxy.HttpEntry;
import dev.attache.core.proxy.ProxyGraph;
import dev.attache.core.stats.Stats;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners of one proxy, and the life they have in common: all start or none does; then stop accepting, drain,
 * close. Its methods are for one thread at a time, what they return is for all.
 */
public final class ListenerManager implements AutoCloseable {

    /**
     * What to listen on, and who answers.
     *
     * @param config an HTTP listener
     * @param chains where the requests of its connections go
     */
    public record Binding(ListenerConfig config, List<ProxyGraph.Chain> chains) {

        public Binding {
            chains = List.copyOf(chains);
        }

        /** A listener in plain text whose requests all go to one entry. */
        public Binding(ListenerConfig config, HttpEntry entry) {
            this(config, List.of(new ProxyGraph.Chain(config.filterChains().getFirst(), entry, null)));
        }
    }

    /** Each client may need one. */
    private static final Room.Upstreams NO_UPSTREAMS = new Room.Upstreams() {
        @Override
        public long open() {
            return 0;
        }

        @Override
        public long most() {
            return Long.MAX_VALUE;
        }
    };

    /** How long the last requests of a removed listener may take. */
    private static final Duration LEAVING = Duration.ofMinutes(10);

    /** How long requests that are broken off may take to notice. */
    private static final Duration BREAKING_OFF = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ListenerManager.class);

    private final Stats stats;
    private final Deadlines deadlines;
    private final ConnectionLimit globalLimit;
    private final Room traffic;
    private final Room others;
    private final ScratchPool scratch = new ScratchPool();
    private final List<HttpListener> listeners = new CopyOnWriteArrayList<>();
    private final List<HttpListener> aside = new CopyOnWriteArrayList<>();

    /** Listeners to be; of connections to upstreams there is nothing known. */
    public ListenerManager(Stats stats, Deadlines deadlines, OverloadConfig overload) {
        this(stats, deadlines, overload, Descriptors.ofProcess(), NO_UPSTREAMS);
    }

    ListenerManager(
            Stats stats,
            Deadlines deadlines,
            OverloadConfig overload,
            Descriptors descriptors,
            Room.Upstreams upstreams) {
        this.traffic = Room.traffic(descriptors, upstreams);
        this.others = Room.aside(descriptors);
        this.stats = stats;
        this.deadlines = deadlines;
        this.globalLimit = new ConnectionLimit(overload.maxConnections());
        stats.scope("listener_manager").gauge("total_listeners_active", listeners::size);
    }

    /**
     * Binds and starts listeners; those with {@code bindToPort} false are left out.
     *
     * @throws BindException when one cannot be bound, naming it and its address: then none of them is
     */
    public void start(List<Binding> bindings) throws BindException {
        List<Binding> bound = bindings.stream()
                .filter(binding -> binding.config().bindToPort())
                .toList();
        List<HttpListener> opened =
                open(bound, bound.stream().map(b -> b.config().address()).toList(), traffic);
        opened.forEach(HttpListener::start);
        listeners.addAll(opened);
    }

    /**
     * Binds and starts a listener that is no part of the traffic, such as the admin interface: it goes on while the
     * others drain, until {@link #close}. It has descriptors of its own, and at its limit of connections it closes the
     * one that is used the least for the one that comes, so that nobody locks the operator out.
     */
    public HttpListener startAside(Binding binding) throws BindException {
        List<HttpListener> opened =
                open(List.of(binding), List.of(binding.config().address()), others);
        opened.forEach(HttpListener::start);
        aside.addAll(opened);
        return opened.getFirst();
    }

    /**
     * Goes over to other listeners: one whose address is the same keeps its socket and its connections and serves by the
     * new entry; new ones are bound; those that are gone take no new connections and end with their last request.
     *
     * @param swap called when nothing can go wrong any more, before the first request is served by a new entry
     * @throws BindException when a new one cannot be bound, naming it and its address: then nothing has changed
     */
    public void update(List<Binding> bindings, Runnable swap) throws BindException {
        List<HttpListener> gone = new ArrayList<>(listeners);
        List<Binding> fresh = new ArrayList<>();
        List<Kept> kept = new ArrayList<>();
        for (Binding binding : bindings) {
            if (binding.config().bindToPort()) {
                HttpListener same = take(gone, binding.config().address());
                if (same == null) {
                    fresh.add(binding);
                } else {
                    kept.add(new Kept(same, binding));
                }
            }
        }
        List<HttpListener> opened =
                open(fresh, fresh.stream().map(b -> b.config().address()).toList(), traffic);
        // Until here the system keeps their connections waiting: the entries lead to what the swap begins.
        try {
            swap.run();
        } catch (RuntimeException | Error failed) {
            opened.forEach(HttpListener::close);
            throw failed;
        }
        opened.forEach(HttpListener::start);
        kept.forEach(keep -> keep.listener.serve(keep.binding.config(), keep.binding.chains()));
        listeners.removeAll(gone);
        listeners.addAll(opened);
        stats.scope("listener_manager").counter("listener_modified").add(kept.size());
        stats.scope("listener_manager").counter("listener_removed").add(gone.size());
        gone.forEach(this::leave);
    }

    private record Kept(HttpListener listener, Binding binding) {}

    /** Takes the listener on an address out of {@code from}; null where there is none. */
    private static @Nullable HttpListener take(List<HttpListener> from, Address address) {
        for (HttpListener listener : from) {
            if (listener.config().address().equals(address)) {
                from.remove(listener);
                return listener;
            }
        }
        return null;
    }

    private void leave(HttpListener listener) {
        aside.add(listener);
        listener.stopAccepting();
        Thread.ofVirtual().name("attache-leaving-" + listener.config().name()).start(() -> {
            try {
                listener.inFlight().awaitNone(LEAVING);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } finally {
                listener.close();
                aside.remove(listener);
            }
        });
    }

    /** Binds, but does not serve yet. */
    private List<HttpListener> open(List<Binding> bindings, Collection<Address> together, Room room)
            throws BindException {
        SocketBinder binder = new SocketBinder(together);
        List<HttpListener> opened = new ArrayList<>();
        List<BoundSocket> sockets = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Binding binding : bindings) {
            ListenerConfig config = binding.config();
            try {
                Optional<BoundSocket> socket = Optional.ofNullable(binder.bind(config.address(), config.backlog()));
                socket.ifPresent(sockets::add);
                opened.add(listener(binding, socket.stream().toList(), room));
            } catch (IOException | RuntimeException failed) {
                failures.add("listener " + name(config) + ": " + failed.getMessage());
            }
        }
        if (!failures.isEmpty()) {
            sockets.forEach(ListenerManager::closeQuietly);
            opened.forEach(HttpListener::close);
            stats.scope("listener_manager").counter("listener_create_failure").add(failures.size());
            throw new BindException(String.join("; ", failures));
        }
        stats.scope("listener_manager").counter("listener_added").add(opened.size());
        stats.scope("listener_manager").counter("listener_create_success").add(opened.size());
        return opened;
    }

    private HttpListener listener(Binding binding, List<BoundSocket> sockets, Room room) {
        ListenerConfig config = binding.config();
        return new HttpListener(
                config,
                binding.chains(),
                sockets,
                scratch,
                stats,
                config.ignoreGlobalConnectionLimit() ? new ConnectionLimit(0) : globalLimit,
                room,
                room == others,
                deadlines);
    }

    private static String name(ListenerConfig config) {
        return config.name().isEmpty() ? config.address().toString() : config.name() + " on " + config.address();
    }

    private static void closeQuietly(BoundSocket socket) {
        try {
            socket.close();
        } catch (IOException failed) {
            LOG.warn("{}: {}", socket.address(), failed.getMessage());
        }
    }

    /** The listeners of the traffic, in the order in which they were given. */
    public List<HttpListener> listeners() {
        return List.copyOf(listeners);
    }

    /** Connections that count toward the global limit. */
    public long connections() {
        return globalLimit.open();
    }

    /**
     * Takes no new connections; answers on open ones end them. Done at once, and only once.
     */
    public void stopAccepting() {
        stopAccepting(config -> true);
    }

    /** As {@link #stopAccepting()}, for some listeners alone. */
    public void stopAccepting(Predicate<ListenerConfig> which) {
        listeners.stream().filter(listener -> which.test(listener.config())).forEach(HttpListener::stopAccepting);
    }

    /**
     * Stops accepting, and waits for the requests in progress, those to listeners {@linkplain #startAside aside} too: one
     * of them may be the very request to stop.
     *
     * @param limit the longest wait
     * @return whether all of them came to their end
     */
    public boolean drain(Duration limit) throws InterruptedException {
        stopAccepting();
        List<HttpListener> all = new ArrayList<>(listeners);
        all.addAll(aside);
        return awaitNone(all, limit);
    }

    private static boolean awaitNone(List<HttpListener> all, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean drained = true;
        for (HttpListener listener : all) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            drained &= listener.inFlight().awaitNone(left);
        }
        return drained;
    }

    /** Ends all listeners, connections and threads; requests in progress are broken off. Idempotent. */
    @Override
    public void close() {
        List<HttpListener> all = new ArrayList<>(listeners);
        all.addAll(aside);
        all.forEach(HttpListener::close);
        try {
            // What is broken off is counted and logged by its own thread, and soon.
            awaitNone(all, BREAKING_OFF);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        listeners.clear();
        aside.clear();
    }
}
