package dev.attache.benchmarks.sidebyside;

import java.util.List;
import java.util.Map;

/**
 * What one turn gave.
 *
 * @param figures what was measured
 * @param errors  what went wrong; anything makes all figures of the contestant invalid
 */
record Turn(Map<Measure, Double> figures, List<String> errors) {

    static Turn of(Map<Measure, Double> figures) {
        return new Turn(figures, List.of());
    }

    static Turn failed(String error) {
        return new Turn(Map.of(), List.of(error));
    }
}
