package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.load.CallingApplication;
import dev.attache.benchmarks.load.LoadReport;
import dev.attache.benchmarks.sidebyside.Section.Reference;
import dev.attache.benchmarks.sidebyside.Stage.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a call costs an application and its proxy together: embedded, and through a sidecar. */
record InProcessCase() implements Case {

    private static final List<Integer> THREADS = List.of(1, 16);
    private static final Set<String> SIDECARS = Set.of("attache", Peers.HAPROXY);
    private static final String WITH_HAPROXY = "application + " + Peers.HAPROXY;

    /** An application and what stands beside it. */
    private record Pair(Program application, Optional<Program> sidecar) {
        Usage usage() {
            return sidecar.map(program -> application.usage().plus(program.usage()))
                    .orElseGet(application::usage);
        }
    }

    @Override
    public List<Section> run(Stage stage) throws IOException, InterruptedException {
        Path bootstrap =
                stage.write("embedded.yaml", Bootstrap.text(0, stage.upstream().port(), 1));
        Map<String, Pair> pairs = new LinkedHashMap<>();
        pairs.put(
                "application with Attache in process",
                new Pair(stage.client(CallingApplication.class, "in-process", bootstrap), Optional.empty()));
        for (Running peer : stage.peers(SIDECARS)) {
            pairs.put(
                    "application + " + peer.peer().name(),
                    new Pair(
                            stage.client(CallingApplication.class, "socket", peer.port()),
                            Optional.of(peer.program())));
        }
        pairs.put(
                "application alone",
                new Pair(
                        stage.client(
                                CallingApplication.class,
                                "socket",
                                stage.upstream().port()),
                        Optional.empty()));
        try {
            for (Pair pair : pairs.values()) {
                pair.application.ask(
                        "16 " + stage.options().warmUp(), stage.options().warmUp());
            }
            List<Section> sections = new ArrayList<>();
            for (int threads : THREADS) {
                sections.add(section(stage, pairs, threads));
            }
            return sections;
        } finally {
            pairs.values().forEach(pair -> pair.application.close());
        }
    }

    private static Section section(Stage stage, Map<String, Pair> pairs, int threads) throws InterruptedException {

        Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
        pairs.forEach((name, pair) ->
                contestants.put(name, () -> turn(pair, threads, stage.options().seconds())));
        return new Section(
                "inprocess: 1 KiB, an application that calls from " + threads + " virtual thread(s)",
                "CPU of the application and its sidecar together. Where there is a sidecar, and where there is no"
                    + " proxy, the application calls with a raw blocking channel for each thread and understands no"
                    + " more than status and length: less than any HTTP client. The embedded Attache gives it parsed"
                    + " headers.",
                List.of(Measure.CPU, Measure.RATE, Measure.P50, Measure.P99),
                List.of(new Reference("x HAProxy sidecar", Set.of(WITH_HAPROXY))),
                Rounds.play("inprocess " + threads, stage.options(), contestants));
    }

    private static Turn turn(Pair pair, int threads, int length) throws IOException {
        Usage before = pair.usage();
        long begin = System.nanoTime();
        LoadReport report = LoadReport.parse(pair.application.ask(threads + " " + length, length));
        double seconds = (System.nanoTime() - begin) / 1e9;
        Usage after = pair.usage();
        if (report.requests() == 0) {
            return Turn.failed("no call was answered");
        }
        return new Turn(
                Map.of(
                        Measure.CPU,
                        (after.cpuMicros() - before.cpuMicros()) / report.requests(),
                        Measure.RATE,
                        report.requests() / seconds,
                        Measure.P50,
                        report.p50(),
                        Measure.P99,
                        report.p99()),
                report.errors() == 0 ? List.of() : List.of(report.errors() + " failed calls"));
    }
}
