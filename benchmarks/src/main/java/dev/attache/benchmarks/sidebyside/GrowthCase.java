package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.sidebyside.Section.Reference;
import dev.attache.benchmarks.sidebyside.Stage.Running;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a request costs where there are many clusters and routes. */
record GrowthCase() implements Case {

    private static final String ONE = "attache, 1 cluster";

    @Override
    public List<Section> run(Stage stage) throws IOException, InterruptedException {
        String title = "growth: 1 and 1,000 clusters and routes, 1 KiB, 16 connections";
        AttachePeer one = new AttachePeer("attache-1", stage.options().attache(), 1);
        AttachePeer many = new AttachePeer("attache-1000", stage.options().attache(), 1000);
        Optional<String> missing = one.missing();
        if (missing.isPresent()) {
            return List.of(Section.skipped(title, missing.get()));
        }
        try (Running few = stage.start(one, List.of());
                Running lots = stage.start(many, List.of())) {
            stage.warmUp(few);
            stage.warmUp(lots);
            int seconds = stage.options().seconds();
            Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
            contestants.put(ONE, () -> SaturationCase.turn(few, "/b1k", 16, seconds));
            contestants.put("attache, 1000 clusters", () -> SaturationCase.turn(lots, "/b1k", 16, seconds));
            return List.of(new Section(
                    title,
                    "Each cluster has a route by prefix; all requests take the last one.",
                    List.of(Measure.CPU, Measure.RATE, Measure.RSS),
                    List.of(new Reference("x 1 cluster", Set.of(ONE))),
                    Rounds.play("growth", stage.options(), contestants)));
        }
    }
}
