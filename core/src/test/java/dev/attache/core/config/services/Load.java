package dev.attache.core.config.services;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.yaml.DurationForm;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One load of files of the services-proxy form, and what came of it. */
record Load(ProxyConfig config, List<ConfigProblem> problems, Positions positions) {

    /** Loads texts, named {@code 0.yaml}, {@code 1.yaml} and so on. */
    static Load of(String... texts) {
        List<Node> files = new ArrayList<>();
        for (String text : texts) {
            files.add(Yaml.parse(files.size() + ".yaml", text));
        }
        return of(files);
    }

    /** Loads files. */
    static Load of(Path... paths) {
        return of(List.of(paths).stream().map(Yaml::read).toList());
    }

    static Load of(List<Node> files) {
        Reading reading = new Reading(DurationForm.UNITS, false);
        Positions positions = new Positions();
        ProxyConfig config = ServicesReader.read(files, reading, positions);
        return new Load(config, reading.problems(), positions);
    }

    List<String> messages() {
        return problems.stream().map(ConfigProblem::toString).toList();
    }

    List<ConfigProblem> errors() {
        return problems.stream().filter(ConfigProblem::isError).toList();
    }

    /** The first listener of an entry. */
    ListenerConfig listener(String name) {
        return config.listeners().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    HttpConfig http(String name) {
        return (HttpConfig) listener(name).filterChains().getFirst().protocol();
    }

    List<RouteConfig> routes(String name) {
        return http(name).routes().virtualHosts().getFirst().routes();
    }

    /** What the last route of an entry does. */
    ForwardConfig forward(String name) {
        return (ForwardConfig) routes(name).getLast().action();
    }

    ClusterConfig cluster(String name) {
        return config.clusters().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no cluster " + name + " among "
                        + config.clusters().stream().map(ClusterConfig::name).toList()));
    }
}
