package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.load.Handshakes;
import dev.attache.benchmarks.load.LoadReport;
import dev.attache.benchmarks.sidebyside.Section.Reference;
import dev.attache.benchmarks.sidebyside.Stage.Running;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TLS 1.3 handshakes, as many as a client on one core makes, each on a connection that is closed after it. */
record HandshakeCase(String name, boolean resumed) implements Case {

    private static final int CONNECTIONS = 8;
    private static final double MIB = 1024 * 1024;

    @Override
    public List<Section> run(Stage stage) throws IOException, InterruptedException {
        String title = name + ": TLS 1.3 handshakes, " + (resumed ? "all resumed" : "none resumed");
        if (Certificate.missing().isPresent()) {
            return List.of(Section.skipped(title, Certificate.missing().get()));
        }
        if (Executables.missing("taskset").isPresent()) {
            return List.of(Section.skipped(title, Executables.missing("taskset").get()));
        }
        List<Running> peers = stage.peers(Front.TLS);
        Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
        try (Program client = stage.clientOnOneCore(Handshakes.class)) {
            // Load on connections that last has not warmed up what makes handshakes.
            for (Running peer : peers) {
                handshakes(client, peer, stage.options().warmUp());
            }
            int seconds = stage.options().seconds();
            peers.forEach(peer -> contestants.put(peer.peer().name(), () -> turn(client, peer, seconds)));
            return List.of(new Section(
                    title,
                    CONNECTIONS
                            + " connections at a time, each closed after its handshake without a request, by a client"
                            + " of OpenSSL on one core. CPU is that of the proxy; with \"x\", more is better."
                            + Negotiated.sentence(peers),
                    List.of(Measure.HANDSHAKES_PER_CPU, Measure.HANDSHAKES, Measure.P50, Measure.P99, Measure.RSS),
                    List.of(Reference.HAPROXY),
                    Rounds.play(name, stage.options(), contestants)));
        }
    }

    private LoadReport handshakes(Program client, Running peer, int seconds) throws IOException {
        String line = peer.port() + " " + CONNECTIONS + " " + (resumed ? "resumed" : "full") + " " + seconds;
        return LoadReport.parse(client.ask(line, seconds));
    }

    private Turn turn(Program client, Running peer, int seconds) throws IOException {
        Usage before = peer.program().usage();
        LoadReport report = handshakes(client, peer, seconds);
        Usage after = peer.program().usage();
        double cpuSeconds = (after.cpuMicros() - before.cpuMicros()) / 1e6;
        if (report.requests() == 0 || cpuSeconds == 0) {
            return Turn.failed("no handshake was completed; " + report.errors() + " failed");
        }
        return new Turn(
                Map.of(
                        Measure.HANDSHAKES_PER_CPU, report.requests() / cpuSeconds,
                        Measure.HANDSHAKES, (double) report.requests() / seconds,
                        Measure.P50, report.p50(),
                        Measure.P99, report.p99(),
                        Measure.RSS, after.rssBytes() / MIB),
                report.errors() == 0
                        ? List.of()
                        : List.of(report.errors() + " failed, or not " + (resumed ? "resumed" : "full")));
    }
}
