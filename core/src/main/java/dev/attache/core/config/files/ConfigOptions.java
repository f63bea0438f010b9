package dev.attache.core.config.files;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to load.
 *
 * @param paths      files, or one folder of fragments; an Envoy bootstrap is exactly one of them
 * @param configYaml text that is merged over an Envoy bootstrap (mappings key by key, lists appended, single values
 *                   replaced), or is one more file of the services-proxy form
 * @param strict     a warning refuses the configuration as an error does
 */
public record ConfigOptions(List<Path> paths, Optional<String> configYaml, boolean strict) {
    public ConfigOptions {
        paths = List.copyOf(paths);
    }

    /** Files alone, where warnings are tolerated. */
    public static ConfigOptions of(Path... paths) {
        return new ConfigOptions(List.of(paths), Optional.empty(), false);
    }

    /** The same, merged with a text. */
    public ConfigOptions withConfigYaml(String text) {
        return new ConfigOptions(paths, Optional.of(text), strict);
    }

    /** The same, where no warning is tolerated. */
    public ConfigOptions strictly() {
        return new ConfigOptions(paths, configYaml, true);
    }
}
