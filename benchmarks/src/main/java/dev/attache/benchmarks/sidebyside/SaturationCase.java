package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.sidebyside.Section.Reference;
import dev.attache.benchmarks.sidebyside.Stage.Running;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** As many requests as the machine makes of it, over a number of connections that are always busy. */
record SaturationCase(String name, String path, String size, int connections) implements Case {

    private static final double MIB = 1024 * 1024;

    @Override
    public List<Section> run(Stage stage) throws IOException, InterruptedException {
        String title = name + ": " + size + ", " + connections + " connections";
        Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
        for (Running peer : stage.peers()) {
            contestants.put(
                    peer.peer().name(),
                    () -> turn(peer, path, connections, stage.options().seconds()));
        }
        return List.of(new Section(
                title,
                "Saturation: wrk keeps all connections busy. CPU is user and system time of the proxy and its"
                        + " children.",
                List.of(Measure.CPU, Measure.RATE, Measure.RSS),
                List.of(Reference.HAPROXY, Reference.FASTEST_JAVA),
                Rounds.play(name, stage.options(), contestants)));
    }

    /** One turn of wrk at a proxy. */
    static Turn turn(Running peer, String path, int connections, int seconds) throws IOException {
        Usage before = peer.program().usage();
        Wrk.Result result = Wrk.run(peer.port(), path, connections, seconds);
        Usage after = peer.program().usage();
        if (result.requests() == 0) {
            return Turn.failed("no request was answered");
        }
        return new Turn(
                Map.of(
                        Measure.CPU, (after.cpuMicros() - before.cpuMicros()) / result.requests(),
                        Measure.RATE, result.rate(),
                        Measure.RSS, after.rssBytes() / MIB),
                result.errors());
    }
}
