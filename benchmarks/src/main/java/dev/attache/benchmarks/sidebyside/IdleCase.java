package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.load.IdleConnections;
import dev.attache.benchmarks.sidebyside.Stage.Running;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a keep-alive connection costs in memory that has been used and is silent. */
record IdleCase() implements Case {

    /** Memory at one time; what a peer has no heap for is 0. */
    private record Memory(long heap, long direct, long rss) {
        static Memory of(Running peer) throws IOException {
            long pid = peer.program().pid();
            boolean jvm = peer.peer().onJvm();
            return new Memory(
                    jvm ? Jvm.liveHeapBytes(pid) : 0,
                    jvm ? Jvm.directBytes(pid) : 0,
                    peer.program().usage().rssBytes());
        }
    }

    @Override
    public List<Section> run(Stage stage) throws IOException, InterruptedException {
        int count = stage.options().idleConnections();
        String title = "idle10k: " + count + " idle connections";
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        for (Peer peer : stage.present()) {
            Turn turn = turn(stage, peer, count);
            System.err.printf("idle10k %s: %s %s%n", peer.name(), turn.figures(), turn.errors());
            turns.put(peer.name(), List.of(turn));
        }
        return List.of(new Section(
                title,
                "A fresh process each, warmed up, the JVMs with native memory tracking. Growth of memory for each"
                    + " connection when all have made one request, and when all have made a second one; the heap after"
                    + " a full collection. Resident memory of a JVM grows with garbage too.",
                List.of(
                        Measure.HEAP_EACH,
                        Measure.HEAP_EACH_USED,
                        Measure.NATIVE_EACH,
                        Measure.RSS_EACH,
                        Measure.RSS_EACH_USED),
                List.of(),
                turns));
    }

    private static Turn turn(Stage stage, Peer peer, int count) throws InterruptedException {
        try (Running running = stage.start(peer, List.of(Jvm.FLAG));
                Program client = stage.client(IdleConnections.class)) {
            stage.warmUp(running);
            Memory before = Memory.of(running);
            int failed = Integer.parseInt(client.ask(running.port() + " " + count, 0));
            Memory after = Memory.of(running);
            int lost = Integer.parseInt(client.ask("again", 0));
            if (failed + lost > 0) {
                return Turn.failed(failed + " failed connections, " + lost + " not kept");
            }
            Memory used = Memory.of(running);

            Map<Measure, Double> figures = new EnumMap<>(Measure.class);
            figures.put(Measure.RSS_EACH, each(after.rss - before.rss, count));
            figures.put(Measure.RSS_EACH_USED, each(used.rss - before.rss, count));
            if (peer.onJvm()) {
                figures.put(Measure.HEAP_EACH, each(after.heap - before.heap, count));
                figures.put(Measure.HEAP_EACH_USED, each(used.heap - before.heap, count));
                figures.put(Measure.NATIVE_EACH, each(after.direct - before.direct, count));
            }
            return Turn.of(figures);
        } catch (IOException broken) {
            return Turn.failed(String.valueOf(broken.getMessage()));
        }
    }

    private static double each(long bytes, int count) {
        return (double) bytes / count;
    }
}
