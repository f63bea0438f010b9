package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.sidebyside.Section.Reference;
import dev.attache.core.config.Address;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.files.ConfigFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How long Attache takes from its start to the first answered request, with and without an ahead-of-time cache. */
record StartCase() implements Case {

    private static final String PLAIN = "attache";
    private static final double MIB = 1024 * 1024;

    @Override
    public List<Section> run(Stage stage) throws IOException, InterruptedException {
        Options options = stage.options();
        String title = "start: from exec to the first answer";
        Optional<String> missing = new AttachePeer(PLAIN, options.attache(), 1).missing();
        if (missing.isPresent()) {
            return List.of(Section.skipped(title, missing.get()));
        }
        Path bootstrap = options.bootstrap().isPresent()
                ? options.bootstrap().get()
                : stage.write(
                        "start.yaml",
                        Bootstrap.text(Stage.freePort(), stage.upstream().port(), 1));
        int port = firstPort(bootstrap);
        Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
        contestants.put(PLAIN, () -> turn(stage, bootstrap, port, List.of()));
        String note = "The first listener of the bootstrap file is asked until it answers, whatever the status.";
        if (Files.exists(options.aot())) {
            // "on" refuses to start where the cache does not fit the JVM's flags, instead of going on without it.
            List<String> flags = List.of("-XX:AOTMode=on", "-XX:AOTCache=" + options.aot());
            contestants.put("attache, ahead-of-time cache", () -> turn(stage, bootstrap, port, flags));
        } else {
            note += " SKIPPED with an ahead-of-time cache: " + options.aot() + " does not exist.";
        }
        return List.of(new Section(
                title,
                note,
                List.of(Measure.START, Measure.RSS),
                List.of(new Reference("x without cache", Set.of(PLAIN))),
                Rounds.play("start", options, contestants)));
    }

    private static Turn turn(Stage stage, Path bootstrap, int port, List<String> flags)
            throws IOException, InterruptedException {
        List<String> jvm = new ArrayList<>(Stage.JVM);
        jvm.addAll(flags);
        List<String> command = AttachePeer.command(jvm, stage.options().attache(), bootstrap.toString());
        long begin = System.nanoTime();
        try (Program program = stage.server("start", command)) {
            program.awaitAnswer(port, "/b1k");
            double millis = (System.nanoTime() - begin) / 1e6;
            return Turn.of(
                    Map.of(Measure.START, millis, Measure.RSS, program.usage().rssBytes() / MIB));
        }
    }

    private static int firstPort(Path bootstrap) {
        return ConfigFiles.read(bootstrap).listeners().stream()
                .filter(ListenerConfig::bindToPort)
                .map(ListenerConfig::address)
                .filter(Address.Socket.class::isInstance)
                .map(Address.Socket.class::cast)
                .mapToInt(Address.Socket::port)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(bootstrap + ": no listener with a port"));
    }
}
