package dev.attache.core.config.files;

import dev.attache.core.config.Unserved;
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
 * @param unserved   what is done about what is not served yet; what protects is an error always
 */
public record ConfigOptions(List<Path> paths, Optional<String> configYaml, boolean strict, Unserved.Policy unserved) {
    public ConfigOptions {
        paths = List.copyOf(paths);
    }

    /** What is to be served as it is. */
    public ConfigOptions(List<Path> paths, Optional<String> configYaml, boolean strict) {
        this(paths, configYaml, strict, Unserved.Policy.REFUSE);
    }

    /** Files alone, to be served as they are, where warnings are tolerated. */
    public static ConfigOptions of(Path... paths) {
        return new ConfigOptions(List.of(paths), Optional.empty(), false, Unserved.Policy.REFUSE);
    }

    /** The same, merged with a text. */
    public ConfigOptions withConfigYaml(String text) {
        return new ConfigOptions(paths, Optional.of(text), strict, unserved);
    }

    /** The same, where no warning is tolerated. */
    public ConfigOptions strictly() {
        return new ConfigOptions(paths, configYaml, true, unserved);
    }

    /** The same, with another way to take what is not served yet. */
    public ConfigOptions unserved(Unserved.Policy policy) {
        return new ConfigOptions(paths, configYaml, strict, policy);
    }
}
