package dev.attache.core.proxy;

import dev.attache.core.config.Address;
import dev.attache.core.http.HttpService;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Finds the listener that a host application means. */
final class ServiceNames {

    private ServiceNames() {}

    static HttpService find(List<ProxyGraph.Listener> listeners, String name) {
        List<ProxyGraph.Listener> found = named(listeners, name, ServiceNames::name);
        if (found.isEmpty()) {
            found = named(listeners, name, listener -> listener.entry().config().statPrefix());
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "service " + name + ": unknown (expected: one of " + names(listeners) + ")");
        }
        ProxyGraph.Listener first = found.getFirst();
        for (ProxyGraph.Listener other : found) {
            // The IPv6 and the IPv4 half of one listener are the same service.
            if (!other.config().filterChains().equals(first.config().filterChains())) {
                throw new IllegalArgumentException("service " + name + ": " + found.size()
                        + " listeners of that name differ (expected: one of " + names(listeners) + ")");
            }
        }
        return new InProcessService(first.entry(), authority(first.config().address()));
    }

    private static List<ProxyGraph.Listener> named(
            List<ProxyGraph.Listener> listeners, String name, Function<ProxyGraph.Listener, String> of) {
        return listeners.stream()
                .filter(listener -> of.apply(listener).equals(name))
                .toList();
    }

    private static String name(ProxyGraph.Listener listener) {
        return listener.config().name();
    }

    private static Set<String> names(List<ProxyGraph.Listener> listeners) {
        Set<String> names = new TreeSet<>();
        for (ProxyGraph.Listener listener : listeners) {
            String name = name(listener);
            names.add(name.isEmpty() ? listener.entry().config().statPrefix() : name);
        }
        return names;
    }

    /** What a client that called the listener over its socket would send as Host. */
    private static String authority(Address address) {
        return switch (address) {
            case Address.Socket socket -> socket.port() == 0 ? "localhost" : "localhost:" + socket.port();
            case Address.Pipe _ -> "localhost";
        };
    }
}
