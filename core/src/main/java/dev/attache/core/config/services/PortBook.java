package dev.attache.core.config.services;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.yaml.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which listener has which port. The list holds some ports several times; those enabled together must differ. */
final class PortBook {

    private record Socket(String address, int port) {}

    private final Reading reading;
    private final boolean lenient;
    private final Map<Socket, List<Entry>> taken = new HashMap<>();

    /**
     * Begins with every port free.
     *
     * @param lenient whether an entry without a free port is left out with a warning
     */
    PortBook(Reading reading, boolean lenient) {
        this.reading = reading;
        this.lenient = lenient;
    }

    /** Takes the port of {@code entry}; false, and a problem noted, where another has it. */
    boolean take(Entry entry, List<String> addresses) {
        if (entry.port() == 0 || !entry.tuning().bindToPort()) {
            return true;
        }
        for (String address : addresses) {
            List<Entry> others = taken.computeIfAbsent(new Socket(address, entry.port()), _ -> new ArrayList<>());
            for (Entry other : others) {
                if (!areTold(entry, other)) {
                    refuse(entry, other);
                    return false;
                }
            }
            others.add(entry);
        }
        return true;
    }

    /** Whether a client's server name says which of the two it means. */
    private static boolean areTold(Entry entry, Entry other) {
        Optional<ListenerTls> one = entry.tuning().tls();
        Optional<ListenerTls> two = other.tuning().tls();
        return one.isPresent() && two.isPresent() && one.get().isApartFrom(two.get());
    }

    private void refuse(Entry entry, Entry other) {
        String found = "port " + entry.port() + " of listener " + entry.name() + " is taken by listener " + other.name()
                + " (" + other.portAt().source() + ")";
        if (lenient) {
            reading.add(ConfigProblem.warning(
                    entry.portAt().source(),
                    entry.portAt().path(),
                    found + "; left out, enabled_listeners can choose it"));
        } else {
            reading.error(
                    entry.portAt().source(),
                    entry.portAt().path(),
                    found,
                    entry.tuning().tls().isPresent() ? "distinct ports, or server_names" : "distinct ports");
        }
    }
}
