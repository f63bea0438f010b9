package dev.attache.benchmarks.sidebyside;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Attache's standalone jar with an Envoy bootstrap file.
 *
 * @param clusters clusters, each with a route; requests take the last
 */
record AttachePeer(String name, Path jar, int clusters) implements Peer {

    @Override
    public Optional<String> missing() {
        return Files.exists(jar) ? Optional.empty() : Optional.of(jar + " (build it first)");
    }

    @Override
    public boolean speaks(Front front) {
        return true;
    }

    @Override
    public Launch launch(Site site) {
        return new Launch(
                Map.of("envoy.yaml", Bootstrap.text(site, clusters)),
                command(site.jvm(), jar, site.file("envoy.yaml")));
    }

    @Override
    public boolean onJvm() {
        return true;
    }

    static List<String> command(List<String> jvm, Path jar, String bootstrap) {
        List<String> command = new ArrayList<>(jvm);
        command.addAll(List.of("-jar", jar.toString(), "-c", bootstrap, "-l", "warning"));
        return command;
    }
}
