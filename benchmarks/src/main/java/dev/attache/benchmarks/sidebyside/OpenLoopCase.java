package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.load.LoadReport;
import dev.attache.benchmarks.load.OpenLoop;
import dev.attache.benchmarks.sidebyside.Section.Reference;
import dev.attache.benchmarks.sidebyside.Stage.Running;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A fixed number of requests a second, whatever the proxy does with them. */
record OpenLoopCase(int rate) implements Case {

    @Override
    public List<Section> run(Stage stage) throws IOException, InterruptedException {
        int seconds = stage.options().seconds();
        Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
        try (Program client = stage.client(OpenLoop.class)) {
            // The client must not be cold either.
            int warmUp = stage.options().warmUp();
            client.ask(stage.upstream().port() + " " + rate + " " + warmUp, warmUp);
            Stream.concat(stage.peers().stream(), Stream.of(stage.upstream()))
                    .forEach(peer -> contestants.put(name(stage, peer), () -> turn(client, peer, seconds)));
            return List.of(new Section(
                    "open" + rate + ": 1 KiB, " + rate + " requests a second, 64 connections",
                    "Open loop: latency counts from the time at which a request was due. \""
                            + name(stage, stage.upstream())
                            + "\" is the client straight at the upstream, the floor of all latencies.",
                    List.of(
                            Measure.CPU,
                            Measure.P50,
                            Measure.P99,
                            Measure.P999,
                            Measure.CLIENT_P50,
                            Measure.CLIENT_P99),
                    List.of(Reference.HAPROXY, Reference.FASTEST_JAVA),
                    Rounds.play("open" + rate, stage.options(), contestants)));
        }
    }

    private static String name(Stage stage, Running peer) {
        return peer.equals(stage.upstream()) ? "no proxy" : peer.peer().name();
    }

    private Turn turn(Program client, Running peer, int seconds) throws IOException {
        Usage before = peer.program().usage();
        LoadReport report = LoadReport.parse(client.ask(peer.port() + " " + rate + " " + seconds, seconds));
        Usage after = peer.program().usage();
        if (report.requests() == 0) {
            return Turn.failed("no request was answered");
        }
        return new Turn(
                Map.of(
                        Measure.CPU, (after.cpuMicros() - before.cpuMicros()) / report.requests(),
                        Measure.P50, report.p50(),
                        Measure.P99, report.p99(),
                        Measure.P999, report.p999(),
                        Measure.CLIENT_P50, report.clientP50(),
                        Measure.CLIENT_P99, report.clientP99()),
                report.errors() == 0 ? List.of() : List.of(report.errors() + " failed requests"));
    }
}
