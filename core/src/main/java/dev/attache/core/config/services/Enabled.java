package dev.attache.core.config.services;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Positions;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.config.yaml.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which of the entries this proxy serves, in the order of the list. */
final class Enabled {

    private final Optional<Value> choice;
    private final Reading reading;

    /**
     * Begins with a choice.
     *
     * @param choice the list of names; empty for all
     */
    Enabled(Optional<Value> choice, Reading reading) {
        this.choice = choice;
        this.reading = reading;
    }

    /** Whether nothing was chosen, so that all are enabled. */
    boolean all() {
        return choice.isEmpty();
    }

    /**
     * The entries that were chosen, or all.
     *
     * @param written names of all entries, also of those that could not be read
     */
    List<Entry> of(List<Entry> entries, Set<String> written) {
        List<Entry> unique = uniqueNames(entries);
        if (choice.isEmpty()) {
            return unique;
        }
        Set<String> chosen = names(choice.get(), written);
        return unique.stream().filter(entry -> chosen.contains(entry.name())).toList();
    }

    private List<Entry> uniqueNames(List<Entry> entries) {
        Map<String, Positions.Position> first = new HashMap<>();
        List<Entry> unique = new ArrayList<>();
        for (Entry entry : entries) {
            Positions.Position earlier = first.putIfAbsent(entry.name(), entry.at());
            if (earlier == null) {
                unique.add(entry);
            } else {
                String found = "listener " + entry.name() + " for the second time (first at " + earlier.source() + ")";
                reading.error(entry.at().source(), entry.at().path() + ".name", found, "unique names");
            }
        }
        return unique;
    }

    private Set<String> names(Value value, Set<String> written) {
        Set<String> chosen = new HashSet<>();
        if (value.items().isEmpty()) {
            value.error("an empty list", "the names of listeners, or no such key for all of them");
        }
        for (Value item : value.items()) {
            item.string().ifPresent(name -> {
                if (!written.contains(name)) {
                    reading.add(new ConfigProblem(
                            ConfigProblem.Severity.ERROR,
                            item.source(),
                            item.path(),
                            "unknown listener " + Words.shown(name),
                            "the name of a listener",
                            reading.closest(name, written)));
                } else if (!chosen.add(name)) {
                    item.error("listener " + name + " for the second time", "each name once");
                }
            });
        }
        return chosen;
    }
}
