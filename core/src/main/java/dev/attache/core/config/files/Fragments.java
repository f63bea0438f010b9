package dev.attache.core.config.files;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.Source;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Yaml;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder of fragments, put together into one bootstrap: {@code listeners.d} and {@code clusters.d} with one resource
 * or a list of them a file, sorted by name; {@code admin-config.yaml}; and {@code runtime.yaml} with the values of a
 * layer between the fixed limit of connections and the admin layer. Every node keeps the place that it has in its own
 * file.
 */
final class Fragments {

    private static final String LISTENERS = "listeners.d";
    private static final String CLUSTERS = "clusters.d";
    private static final String ADMIN = "admin-config";
    private static final String RUNTIME = "runtime";
    private static final String MAX_CONNECTIONS = "50000";

    private final Path folder;
    private final Source source;
    private final Reading reading;

    Fragments(Path folder, Reading reading) {
        this.folder = folder;
        this.source = new Source(folder.toString(), 0, 0);
        this.reading = reading;
    }

    /** The bootstrap; files that cannot be read are noted as problems and left out. */
    Node assemble() {
        List<Path> admin = named(ADMIN);
        if (!Files.isDirectory(folder.resolve(LISTENERS))
                && !Files.isDirectory(folder.resolve(CLUSTERS))
                && admin.isEmpty()) {
            reading.error(
                    source, "", "a folder without fragments", "listeners.d, clusters.d or admin-config.yaml in it");
            return new Node.Null(source);
        }
        Map<String, Node> resources = new LinkedHashMap<>();
        resources.put("listeners", resources(LISTENERS, "a listener, or a list of them"));
        resources.put("clusters", resources(CLUSTERS, "a cluster, or a list of them"));
        Map<String, Node> bootstrap = new LinkedHashMap<>();
        bootstrap.put("static_resources", mapping(resources));
        admin.stream().findFirst().flatMap(this::read).ifPresent(node -> bootstrap.put("admin", node));
        bootstrap.put("layered_runtime", mapping(Map.of("layers", new Node.Sequence(layers(), source))));
        return mapping(bootstrap);
    }

    private List<Node> layers() {
        List<Node> layers = new ArrayList<>();
        Node limit = mapping(Map.of("global_downstream_max_connections", scalar(MAX_CONNECTIONS)));
        layers.add(layer("static_layer_0", "static_layer", mapping(Map.of("overload", limit))));
        named(RUNTIME).stream()
                .findFirst()
                .flatMap(this::read)
                .filter(values -> !(values instanceof Node.Null))
                .ifPresent(values -> layers.add(layer("static_layer_1", "static_layer", values)));
        layers.add(layer("admin_layer_0", "admin_layer", mapping(Map.of())));
        return layers;
    }

    private Node layer(String name, String kind, Node value) {
        Map<String, Node> layer = new LinkedHashMap<>();
        layer.put("name", scalar(name));
        layer.put(kind, value);
        return mapping(layer);
    }

    private Node resources(String name, String expected) {
        List<Node> resources = new ArrayList<>();
        for (Path file : files(folder.resolve(name))) {
            Optional<Node> read = read(file);
            if (read.isEmpty()) {
                continue;
            }
            switch (read.get()) {
                case Node.Mapping mapping -> resources.add(mapping);
                case Node.Sequence sequence -> resources.addAll(sequence.items());
                case Node.Scalar _, Node.Null _ ->
                    reading.error(read.get().source(), "", read.get().describe(), expected);
            }
        }
        return new Node.Sequence(resources, source);
    }

    private List<Path> named(String name) {
        return files(folder).stream()
                .filter(file -> file.getFileName().toString().startsWith(name + "."))
                .toList();
    }

    /** The configuration files of a folder, sorted by name; none where there is no such folder. */
    private List<Path> files(Path directory) {
        List<Path> files = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return files;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.{yaml,yml,json}")) {
            entries.forEach(file -> {
                if (!Files.isDirectory(file) && !file.getFileName().toString().startsWith(".")) {
                    files.add(file);
                }
            });
        } catch (IOException failed) {
            Source place = new Source(directory.toString(), 0, 0);
            reading.error(place, "", "cannot be read: " + failed.getMessage(), "a folder that can be read");
        }
        files.sort(
                (a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()));
        return files;
    }

    private Optional<Node> read(Path file) {
        try {
            return Optional.of(Yaml.read(file));
        } catch (ConfigException unreadable) {
            unreadable.problems().forEach(reading::add);
            return Optional.empty();
        }
    }

    private Node scalar(String text) {
        return new Node.Scalar(text, Node.Type.STRING, source);
    }

    private Node mapping(Map<String, Node> values) {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        values.forEach((key, value) -> entries.put(key, new Node.Entry(key, source, value)));
        return new Node.Mapping(entries, source);
    }
}
