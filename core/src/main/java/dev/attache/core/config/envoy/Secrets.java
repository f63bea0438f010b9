package dev.attache.core.config.envoy;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.config.yaml.Words;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Secrets by name: those of the bootstrap itself, and those in files that it names. Each file is read once. */
final class Secrets {

    /**
     * A secret.
     *
     * @param name name that it has there
     * @param file file that it was read from; empty for the bootstrap itself
     */
    record Found(String name, Section secret, Optional<Path> file) {}

    private final Map<String, Section> fixed = new HashMap<>();
    private final Map<Path, Map<String, Section>> files = new HashMap<>();

    /** Notes the secrets of the bootstrap itself. */
    void readFixed(Section staticResources) {
        staticResources
                .sections("secrets")
                .forEach(secret -> fixed.put(secret.requiredString("name"), SecretResources.known(secret)));
    }

    /** The secret that an {@code SdsSecretConfig} names; an error is noted where it cannot be found. */
    Optional<Found> find(Section reference) {
        Optional<Value> name = reference.required("name", "the name of a secret");
        Optional<Section> source = reference.section("sds_config");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        String wanted = name.get().string().orElse("");
        if (source.isEmpty()) {
            return Optional.ofNullable(fixed.get(wanted))
                    .map(found -> new Found(wanted, found, Optional.empty()))
                    .or(() -> {
                        name.get().refuse("no secret " + Words.shown(wanted), "a static secret, or sds_config", "");
                        return Optional.empty();
                    });
        }
        return file(source.get()).flatMap(file -> inFile(name.get(), wanted, file));
    }

    private static Optional<Value> file(Section source) {
        source.ignore("resource_api_version", "initial_fetch_timeout");
        source.unsupported("api_config_source", "ads", "self");
        Optional<Section> path = source.section("path_config_source");
        path.ifPresent(section -> section.ignore("watched_directory"));
        return path.map(section -> section.required("path", "the file of the secret"))
                .orElseGet(() -> source.required("path", "path_config_source"));
    }

    private Optional<Found> inFile(Value name, String wanted, Value file) {
        Optional<Path> path = file.file();
        if (path.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Section> secrets = files.get(path.get());
        if (secrets == null) {
            secrets = read(file, path.get());
            files.put(path.get(), secrets);
        }
        Section secret = secrets.get(wanted);
        if (secret == null && !secrets.isEmpty()) {
            name.refuse(
                    "no secret " + Words.shown(wanted) + " in " + path.get(),
                    "one of " + Words.listed(secrets.keySet()),
                    name.reading().closest(wanted, secrets.keySet()));
        }
        return Optional.ofNullable(secret).map(found -> new Found(wanted, found, path));
    }

    private static Map<String, Section> read(Value file, Path path) {
        try {
            return SecretResources.read(file.reading(), path);
        } catch (ConfigException unreadable) {
            for (ConfigProblem problem : unreadable.problems()) {
                if (problem.source().line() == 0) {
                    file.error(path + ": " + problem.found(), problem.expected());
                } else {
                    file.reading().add(problem);
                }
            }
            return Map.of();
        }
    }
}
