package dev.attache.core.config.yaml;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The reading of one configuration: collects the problems of all its parts, and at the end the keys that nobody asked
 * for. For one thread.
 */
public final class Reading {

    private final DurationForm durations;
    private final boolean camelCase;
    private final Set<ConfigProblem> problems = new LinkedHashSet<>();
    private final List<Section> sections = new ArrayList<>();

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

    /** Notes a problem; the same one is noted once. */
    public void add(ConfigProblem problem) {
        problems.add(problem);
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
        List<String> files = problems.stream()
                .map(problem -> problem.source().file())
                .distinct()
                .toList();
        return problems.stream()
                .sorted(Comparator.comparingInt((ConfigProblem problem) ->
                                files.indexOf(problem.source().file()))
                        .thenComparingInt(problem -> problem.source().line())
                        .thenComparingInt(problem -> problem.source().column()))
                .toList();
    }

    /** Whether any error was noted. */
    public boolean failed() {
        return problems.stream().anyMatch(ConfigProblem::isError);
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
