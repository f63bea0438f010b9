package dev.attache.core.config;

/**
 * One thing that is wrong, or unwise, in a configuration.
 *
 * @param severity   an error refuses the configuration; a warning does so only where the operator asked for strictness
 * @param source     where
 * @param path       which field, such as {@code static_resources.clusters[2].connect_timeout}; empty for a whole file
 * @param found      what stands there, or what is wrong with it
 * @param expected   what would be accepted; empty when {@code found} says it all
 * @param suggestion a known name that is close to the one found; empty where there is none
 */
public record ConfigProblem(
        Severity severity, Source source, String path, String found, String expected, String suggestion) {

    /** How much a problem weighs. */
    public enum Severity {
        ERROR,
        /** Would change traffic and is not served yet: an error, unless the operator lets it be left out. */
        UNSERVED,
        WARNING
    }

    public static ConfigProblem error(Source source, String path, String found, String expected) {
        return new ConfigProblem(Severity.ERROR, source, path, found, expected, "");
    }

    public static ConfigProblem warning(Source source, String path, String found) {
        return new ConfigProblem(Severity.WARNING, source, path, found, "", "");
    }

    /** Something that would change traffic and is not served yet. */
    public static ConfigProblem unserved(Source source, String path, String found) {
        return new ConfigProblem(Severity.UNSERVED, source, path, found, "", "");
    }

    /** The same with another weight and another word on what would be accepted. */
    public ConfigProblem as(Severity weight, String accepted) {
        return new ConfigProblem(weight, source, path, found, accepted, suggestion);
    }

    public boolean isUnserved() {
        return severity == Severity.UNSERVED;
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** {@code file:line:column: path: found (expected: ...); did you mean ...?}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (!source.file().isEmpty()) {
            text.append(source).append(": ");
        }
        if (!path.isEmpty()) {
            text.append(path).append(": ");
        }
        text.append(found);
        if (!expected.isEmpty()) {
            text.append(" (expected: ").append(expected).append(')');
        }
        if (!suggestion.isEmpty()) {
            text.append("; did you mean ").append(suggestion).append('?');
        }
        return text.toString();
    }
}
