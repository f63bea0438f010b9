package dev.attache.tls;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Source;
import java.util.List;

/** The name of a configuration field, for the errors about its value. */
record Field(String path) {

    Field at(String name) {
        return new Field(path + "." + name);
    }

    ConfigException wrong(String found, String expected) {
        return new ConfigException(path, found, expected);
    }

    ConfigException wrong(String found, String expected, String suggestion) {
        return new ConfigException(List.of(
                new ConfigProblem(ConfigProblem.Severity.ERROR, Source.NONE, path, found, expected, suggestion)));
    }
}
