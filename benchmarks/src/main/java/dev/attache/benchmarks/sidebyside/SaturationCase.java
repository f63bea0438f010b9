package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.sidebyside.Section.Reference;
import dev.attache.benchmarks.sidebyside.Stage.Running;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** As many requests as the machine makes of it, over a number of connections that are always busy. */
record SaturationCase(String name, Front front, String path, String size, int connections) implements Case {

    private static final double MIB = 1024 * 1024;

    @Override
    public List<Section> run(Stage stage) throws IOException, InterruptedException {
        String title = name + ": " + size + ", " + connections + " connections" + suffix();
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            return List.of(Section.skipped(title, missing.get()));
        }
        List<Running> peers = stage.peers(front);
        Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
        for (Running peer : peers) {
            contestants.put(
                    peer.peer().name(),
                    () -> turn(peer, path, connections, stage.options().seconds()));
        }
        return List.of(new Section(
                title,
                "Saturation: " + (front == Front.H2C ? "h2load" : "wrk")
                        + " keeps all connections busy. CPU is user and system time of the proxy and its children."
                        + (front == Front.TLS ? Negotiated.sentence(peers) : ""),
                List.of(Measure.CPU, Measure.RATE, Measure.RSS),
                front == Front.HTTP ? List.of(Reference.HAPROXY, Reference.FASTEST_JAVA) : List.of(Reference.HAPROXY),
                Rounds.play(name, stage.options(), contestants)));
    }

    private String suffix() {
        return switch (front) {
            case HTTP -> "";
            case H2C -> " of " + H2load.STREAMS + " streams, HTTP/2 in clear text";
            case TLS -> ", TLS";
        };
    }

    private Optional<String> missing() {
        return switch (front) {
            case HTTP -> Optional.empty();
            case H2C -> H2load.missing();
            case TLS -> Certificate.missing();
        };
    }

    /** One turn of the client at a proxy. */
    static Turn turn(Running peer, String path, int connections, int seconds) throws IOException {
        Usage before = peer.program().usage();
        Load load = peer.load(path, connections, seconds);
        Usage after = peer.program().usage();
        if (load.requests() == 0) {
            return Turn.failed("no request was answered");
        }
        return new Turn(
                Map.of(
                        Measure.CPU, (after.cpuMicros() - before.cpuMicros()) / load.requests(),
                        Measure.RATE, load.rate(),
                        Measure.RSS, after.rssBytes() / MIB),
                load.errors());
    }
}
