package dev.attache.core.config.files;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.Source;
import dev.attache.core.config.Unserved;
import dev.attache.core.config.envoy.EnvoyBootstrap;
import dev.attache.core.config.services.ServicesReader;
import dev.attache.core.config.yaml.DurationForm;
import dev.attache.core.config.yaml.Merge;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads configuration files; they say by themselves which language they are written in. */
public final class ConfigFiles {

    /** The name of the text that is given beside the files, in error messages. */
    private static final String CONFIG_YAML = "--config-yaml";

    private static final String ANY_LANGUAGE =
            "static_resources and the other keys of an Envoy bootstrap, or listeners and services";

    private final ConfigOptions options;
    private final Positions positions = new Positions();
    private final List<ConfigProblem> unreadable = new ArrayList<>();

    private ConfigFiles(ConfigOptions options) {
        this.options = options;
    }

    /**
     * The configuration in some files, or in one folder of fragments. Warnings are passed over.
     *
     * @throws ConfigException with every error, each with its place; what is not served yet is one
     */
    public static ProxyConfig read(Path... paths) {
        return load(ConfigOptions.of(paths)).config();
    }

    /**
     * The configuration that {@code options} ask for, with its warnings.
     *
     * @throws ConfigException with every error (and where {@code options} are strict, every warning), each with its
     *     place
     */
    public static LoadedConfig load(ConfigOptions options) {
        return new ConfigFiles(options).load();
    }

    private LoadedConfig load() {
        List<Node> files = new ArrayList<>();
        for (Path path : options.paths()) {
            if (!Files.isDirectory(path)) {
                document(() -> Yaml.read(path)).ifPresent(files::add);
            }
        }
        options.configYaml()
                .flatMap(text -> document(() -> Yaml.parse(CONFIG_YAML, text)))
                .ifPresent(files::add);
        boolean folder = options.paths().stream().anyMatch(Files::isDirectory);
        if (options.paths().isEmpty() && options.configYaml().isEmpty()) {
            refuse(Source.NONE, "no configuration", "at least one file");
        }
        giveUpIfUnreadable(folder);
        Language language = folder ? Language.ENVOY : language(files);
        giveUpIfUnreadable(folder);
        return switch (language) {
            case ENVOY -> envoy(files);
            case SERVICES -> services(files);
        };
    }

    private void giveUpIfUnreadable(boolean folder) {
        // What is wrong with the fragments of a folder is told together with what is wrong with the other files.
        if (!unreadable.isEmpty() && !folder) {
            throw new ConfigException(unreadable);
        }
    }

    private interface Document {
        Node read();
    }

    private Optional<Node> document(Document document) {
        try {
            return Optional.of(document.read());
        } catch (ConfigException failed) {
            unreadable.addAll(failed.problems());
            return Optional.empty();
        }
    }

    private void refuse(Source source, String found, String expected) {
        unreadable.add(ConfigProblem.error(source, "", found, expected));
    }

    private Language language(List<Node> files) {
        Set<Language> possible = EnumSet.allOf(Language.class);
        Optional<Node.Entry> decided = Optional.empty();
        for (Node file : files) {
            if (!(file instanceof Node.Mapping mapping)) {
                refuse(file.source(), file instanceof Node.Null ? "empty" : file.describe(), ANY_LANGUAGE);
                continue;
            }
            Set<Language> languages = Language.of(mapping);
            if (languages.isEmpty()) {
                refuseUnknown(mapping);
            } else if (languages.size() == 1) {
                Language language = languages.iterator().next();
                Node.Entry key = language.firstKey(mapping).orElseThrow();
                if (!possible.contains(language)) {
                    refuseMix(key, decided.orElseThrow());
                } else {
                    possible = languages;
                    decided = Optional.of(key);
                }
            } else if (Language.ENVOY.firstKey(mapping).isPresent()) {
                refuseMix(
                        Language.SERVICES.firstKey(mapping).orElseThrow(),
                        Language.ENVOY.firstKey(mapping).orElseThrow());
            }
        }
        return possible.iterator().next();
    }

    private void refuseUnknown(Node.Mapping file) {
        Optional<Node.Entry> first = file.entries().values().stream().findFirst();
        if (first.isEmpty()) {
            refuse(file.source(), "empty", ANY_LANGUAGE);
            return;
        }
        Node.Entry key = file.entries().values().stream()
                .filter(entry -> !Language.closest(entry.key()).isEmpty())
                .findFirst()
                .orElse(first.get());
        unreadable.add(new ConfigProblem(
                ConfigProblem.Severity.ERROR,
                key.keySource(),
                key.key(),
                "a key of no known language",
                ANY_LANGUAGE,
                Language.closest(key.key())));
    }

    private void refuseMix(Node.Entry key, Node.Entry other) {
        unreadable.add(ConfigProblem.error(
                key.keySource(),
                key.key(),
                "beside " + other.key() + " (" + other.keySource() + "), a key of another language",
                "one language"));
    }

    private LoadedConfig envoy(List<Node> files) {
        Reading reading = EnvoyBootstrap.reading();
        unreadable.forEach(reading::add);
        if (options.paths().size() > 1) {
            Source second = new Source(options.paths().get(1).toString(), 0, 0);
            reading.error(second, "", "a second file", "exactly one file or folder of an Envoy bootstrap");
        }
        List<Node> parts = new ArrayList<>();
        options.paths().stream()
                .filter(Files::isDirectory)
                .findFirst()
                .ifPresent(folder -> parts.add(new Fragments(folder, reading).assemble()));
        boolean complete = !reading.failed();
        parts.addAll(files);
        Node root = parts.stream().reduce(Merge::of).orElseThrow();
        ProxyConfig config = EnvoyBootstrap.read(reading.root(root), positions);
        reading.reportUnknownKeys();
        // With a file missing, names that it would have brought are not unknown.
        if (complete) {
            crossCheck(config, reading);
        }
        return finish(config, Language.ENVOY, reading);
    }

    private LoadedConfig services(List<Node> files) {
        Reading reading = new Reading(DurationForm.UNITS, false);
        ProxyConfig config = ServicesReader.read(files, reading, positions);
        crossCheck(config, reading);
        return finish(config, Language.SERVICES, reading);
    }

    private void crossCheck(ProxyConfig config, Reading reading) {
        boolean failed = reading.failed();
        for (ConfigProblem problem : ConfigChecks.check(config, positions)) {
            // Half a configuration is no ground for advice.
            if (!failed || problem.isError()) {
                reading.add(problem);
            }
        }
    }

    private LoadedConfig finish(ProxyConfig config, Language language, Reading reading) {
        if (options.unserved() != Unserved.Policy.DEFER) {
            Unserved.problems(config, positions, Unserved.Policy.DEFER).forEach(reading::add);
        }
        List<ConfigProblem> problems = Unserved.judged(reading.problems(), options.unserved());
        boolean failed = problems.stream().anyMatch(ConfigProblem::isError);
        if (failed || (options.strict() && !problems.isEmpty())) {
            throw new ConfigException(problems);
        }
        ProxyConfig served = options.unserved() == Unserved.Policy.LEAVE_OUT ? Unserved.without(config) : config;
        return new LoadedConfig(served, language, problems, positions);
    }
}
