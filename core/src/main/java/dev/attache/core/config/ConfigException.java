package dev.attache.core.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; carries all of its problems at once. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    public ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** An error without a place in a file. */
    public ConfigException(String path, String found, String expected) {
        this(List.of(ConfigProblem.error(Source.NONE, path, found, expected)));
    }

    public List<ConfigProblem> problems() {
        return problems;
    }
}
