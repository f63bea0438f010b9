package dev.attache.tls;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.SecretFile;
import dev.attache.core.config.Source;
import java.util.List;
import java.util.Optional;

/** The name of a configuration field, for the errors about its value. */
record Field(String path) {

    Field at(String name) {
        return new Field(path + "." + name);
    }

    /** The same field where it is written in a secret, when there is one. */
    Field in(Optional<? extends SecretFile<?>> secret, String part) {
        return secret.map(file -> new Field(path + ": " + file.file() + ": " + part))
                .orElse(this);
    }

    ConfigException wrong(String found, String expected) {
        return new ConfigException(path, found, expected);
    }

    ConfigException wrong(String found, String expected, String suggestion) {
        return new ConfigException(List.of(
                new ConfigProblem(ConfigProblem.Severity.ERROR, Source.NONE, path, found, expected, suggestion)));
    }
}
