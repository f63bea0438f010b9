package dev.attache.core.upstream;

import dev.attache.core.config.Address;
import dev.attache.core.config.EndpointConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Every address that DNS names is an endpoint (Envoy's {@code STRICT_DNS}). An address that stays keeps its endpoint,
 * whatever the order of the answer; one that two names have belongs to the first of them; a failed look-up changes
 * nothing; an answer without addresses takes the name's endpoints away once it has been the same for the grace time of
 * the configuration.
 */
final class DnsDiscovery implements EndpointDiscovery {

    /** One configured endpoint and what it stands for at present. */
    private static final class Target {
        private final EndpointConfig config;
        private final @Nullable DnsWatch watch;
        private List<? extends SocketAddress> addresses = List.of();
        private boolean answered;

        Target(EndpointConfig config, DnsWatch.Needs needs, DnsDiscovery owner) {
            this.config = config;
            if (config.address() instanceof Address.Socket socket) {
                watch = new DnsWatch(socket.host(), needs, found -> owner.found(this, socket.port(), found));
            } else {
                // A unix socket among names: always there.
                watch = null;
                addresses = List.of(
                        StaticDiscovery.endpoint(needs.cluster(), config).address());
                answered = true;
            }
        }

        String hostname() {
            return config.address() instanceof Address.Socket socket
                    ? StaticDiscovery.hostname(config, socket)
                    : config.hostname();
        }

        boolean madeLike(Endpoint endpoint) {
            return hostname().equals(endpoint.hostname()) && config.weight() == endpoint.weight();
        }

        Endpoint endpoint(SocketAddress address) {
            int port = address instanceof InetSocketAddress inet ? inet.getPort() : 0;
            return new Endpoint(hostname(), port, address, config.weight());
        }
    }

    private final ClusterStats stats;
    private final List<Target> targets;
    private final Lock lock = new ReentrantLock(); // orders the results of several names
    private List<Endpoint> current = List.of();
    private volatile @Nullable Listener listener;
    private boolean ready;

    DnsDiscovery(List<EndpointConfig> configs, DnsWatch.Needs needs) {
        this.stats = needs.stats();
        this.targets =
                configs.stream().map(config -> new Target(config, needs, this)).toList();
    }

    @Override
    public void start(Listener newListener) {
        listener = newListener;
        publish();
        for (Target target : targets) {
            if (target.watch != null) {
                target.watch.start();
            }
        }
    }

    private void found(Target target, int port, @Nullable List<InetAddress> found) {
        lock.lock();
        try {
            target.answered = true;
            if (found != null) {
                target.addresses = found.stream()
                        .map(address -> new InetSocketAddress(address, port))
                        .toList();
                if (!publish()) {
                    stats.updateNoRebuild.increment();
                }
            }
            announce();
        } finally {
            lock.unlock();
        }
    }

    /** Tells the listener of the endpoints, if they are others than before. */
    private boolean publish() {
        List<Endpoint> next = merged();
        if (next.equals(current)) {
            return false;
        }
        current = next;
        if (listener != null) {
            listener.endpoints(next);
        }
        return true;
    }

    private void announce() {
        if (!ready && listener != null && targets.stream().allMatch(target -> target.answered)) {
            ready = true;
            listener.ready();
        }
    }

    /** First the endpoints that stay, in their old order, so that a shuffled answer is no change; then the new ones. */
    private List<Endpoint> merged() {
        Map<SocketAddress, Target> wanted = new LinkedHashMap<>();
        for (Target target : targets) {
            for (SocketAddress address : target.addresses) {
                wanted.putIfAbsent(address, target);
            }
        }
        List<Endpoint> next = new ArrayList<>(wanted.size());
        for (Endpoint endpoint : current) {
            Target target = wanted.get(endpoint.address());
            if (target != null && target.madeLike(endpoint)) {
                next.add(endpoint);
                wanted.remove(endpoint.address());
            }
        }
        wanted.forEach((address, target) -> next.add(target.endpoint(address)));
        return next;
    }

    @Override
    public List<NameState> names() {
        List<NameState> states = new ArrayList<>();
        for (Target target : targets) {
            if (target.watch != null) {
                states.add(target.watch.state());
            }
        }
        return states;
    }

    @Override
    public void close() {
        for (Target target : targets) {
            if (target.watch != null) {
                target.watch.close();
            }
        }
    }
}
