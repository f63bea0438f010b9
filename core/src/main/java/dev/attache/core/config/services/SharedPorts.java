package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Listeners that share a port by their server names become one with several filter chains, the one for all names last. */
final class SharedPorts {

    private final Notes notes;
    private final List<ListenerConfig> alone = new ArrayList<>();
    private final Map<Address, ListenerConfig> shared = new LinkedHashMap<>();

    private SharedPorts(Notes notes) {
        this.notes = notes;
    }

    static List<ListenerConfig> merged(List<ListenerConfig> listeners, Notes notes) {
        SharedPorts ports = new SharedPorts(notes);
        listeners.forEach(ports::add);
        List<ListenerConfig> merged = new ArrayList<>();
        for (ListenerConfig listener : ports.alone) {
            merged.add(Optional.ofNullable(ports.shared.get(listener.address()))
                    .filter(_ -> sharesItsPort(listener))
                    .orElse(listener));
        }
        return merged;
    }

    private void add(ListenerConfig listener) {
        if (!sharesItsPort(listener)) {
            alone.add(listener);
            return;
        }
        ListenerConfig first = shared.get(listener.address());
        if (first == null) {
            shared.put(listener.address(), listener);
            alone.add(listener);
            return;
        }
        List<FilterChainConfig> chains = new ArrayList<>(first.filterChains());
        chains.addAll(listener.filterChains());
        chains.sort(Comparator.comparing(chain -> chain.serverNames().isEmpty()));
        ListenerConfig both = first.toBuilder().filterChains(chains).build();
        shared.put(listener.address(), notes.put(both, notes.positions().of(first)));
    }

    private static boolean sharesItsPort(ListenerConfig listener) {
        return listener.bindToPort()
                && listener.address() instanceof Address.Socket socket
                && socket.port() != 0
                && listener.filterChains().getFirst().tls().isPresent();
    }
}
