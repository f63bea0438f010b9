package dev.attache.core.config.yaml;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The reading of one configuration: collects the problems of all its parts, and at the end the keys that nobody asked
 * for. For one thread.
 */
public final class Reading {

    /** Problems that are told one by one. */
    private static final int MOST_TOLD = 1000;

    /** Names that are compared to those found, in all. */
    private static final int MOST_COMPARED = 100_000;

    private final DurationForm durations;
    private final boolean camelCase;
    private final Set<ConfigProblem> problems = new LinkedHashSet<>();
    private final List<Section> sections = new ArrayList<>();
    private boolean failed;
    private long untold;
    private long compared;

    /**
     * Begins a reading.
     *
     * @param durations how durations are written in this language
     * @param camelCase whether a key may be written {@code lowerCamelCase} too, as protobuf's JSON form allows
     */
    public Reading(DurationForm durations, boolean camelCase) {
        this.durations = durations;
        this.camelCase = camelCase;
    }

    /** The root of a tree. */
    public Value root(Node node) {
        return new Value(this, node, "");
    }

    /** Notes a problem; the same one is noted once. Beyond a thousand they are only counted. */
    public void add(ConfigProblem problem) {
        failed |= problem.isError();
        if (problems.size() < MOST_TOLD) {
            problems.add(problem);
        } else if (problem.isError() && !problems.contains(problem)) {
            untold++;
        }
    }

    /** The name among {@code known} that is closest to one found; nothing once many have been looked for. */
    public String closest(String found, Collection<String> known) {
        compared += known.size();
        return compared > MOST_COMPARED ? "" : Words.closest(found, known);
    }

    /** Whether an error was noted at this path, or below it. */
    boolean faulty(String path) {
        return problems.stream().anyMatch(problem -> problem.isError() && isWithin(problem.path(), path));
    }

    private static boolean isWithin(String inner, String outer) {
        return inner.startsWith(outer)
                && (inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0);
    }

    /** Notes an error. */
    public void error(Source source, String path, String found, String expected) {
        add(ConfigProblem.error(source, path, found, expected));
    }

    /** Notes an error at a place where a known name is close to the one found. */
    public void error(Source source, String path, String found, String expected, String suggestion) {
        add(new ConfigProblem(ConfigProblem.Severity.ERROR, source, path, found, expected, suggestion));
    }

    /** Notes the keys that nobody asked for; to be called once, when everything has been read. */
    public void reportUnknownKeys() {
        sections.forEach(Section::reportUnknownKeys);
        sections.clear();
    }

    /** All problems so far, by file in the order of their first problem, then by place. */
    public List<ConfigProblem> problems() {
        Map<String, Integer> files = new HashMap<>();
        problems.forEach(problem -> files.putIfAbsent(problem.source().file(), files.size()));
        List<ConfigProblem> sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingInt(
                        (ConfigProblem problem) -> files.get(problem.source().file()))
                .thenComparingInt(problem -> problem.source().line())
                .thenComparingInt(problem -> problem.source().column()));
        if (untold > 0) {
            sorted.add(ConfigProblem.error(Source.NONE, "", "and " + untold + " errors more", ""));
        }
        return List.copyOf(sorted);
    }

    /** Whether any error was noted. */
    public boolean failed() {
        return failed;
    }

    DurationForm durations() {
        return durations;
    }

    boolean camelCase() {
        return camelCase;
    }

    void opened(Section section) {
        sections.add(section);
    }
}
