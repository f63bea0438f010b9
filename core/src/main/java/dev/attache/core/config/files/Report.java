package dev.attache.core.config.files;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Positions;
import dev.attache.core.config.Source;
import dev.attache.core.config.yaml.Words;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the findings of the checks, each once, at the nearest part whose place in a file is known. */
final class Report {

    /** Names that are compared to those found, in all. */
    private static final int MOST_COMPARED = 100_000;

    private final Positions positions;
    private final Set<ConfigProblem> problems = new LinkedHashSet<>();
    private long compared;

    Report(Positions positions) {
        this.positions = positions;
    }

    /**
     * Where a problem is told: the first of {@code parts} that a reader noted, else {@code name}, for what was made by
     * Java code.
     */
    Positions.Position at(String name, Object... parts) {
        for (Object part : parts) {
            Positions.Position position = positions.of(part);
            if (!position.source().equals(Source.NONE)) {
                return position;
            }
        }
        return new Positions.Position(Source.NONE, name);
    }

    void error(Positions.Position at, String found, String expected) {
        error(at, found, expected, "");
    }

    void error(Positions.Position at, String found, String expected, String suggestion) {
        problems.add(
                new ConfigProblem(ConfigProblem.Severity.ERROR, at.source(), at.path(), found, expected, suggestion));
    }

    /** The known name that is closest to one found; nothing once many have been looked for. */
    String closest(String found, Collection<String> known) {
        compared += known.size();
        return compared > MOST_COMPARED ? "" : Words.closest(found, known);
    }

    void warning(Positions.Position at, String found) {
        problems.add(ConfigProblem.warning(at.source(), at.path(), found));
    }

    List<ConfigProblem> problems() {
        return List.copyOf(problems);
    }
}
