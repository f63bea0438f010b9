package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.benchmarks.sidebyside.Section.Reference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SectionTest {

    @Test
    void ratiosAreOfMediansOfTheFirstColumn() {
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        turns.put("attache", List.of(cpu(30), cpu(36), cpu(33)));
        turns.put("haproxy", List.of(cpu(22), cpu(20), cpu(24)));
        turns.put("undertow", List.of(cpu(44)));
        turns.put("vertx", List.of(cpu(66)));
        assertThat(section(turns).markdown())
                .contains("| attache | 33.0 (30.0..36.0) | - | 1.50 | 0.75 | none |")
                .contains("| haproxy | 22.0 (20.0..24.0) | - | 1.00 | 0.50 | none |")
                .contains("| vertx | 66.0 | - | 3.00 | 1.50 | none |");
    }

    @Test
    void oneFailedTurnMakesAllFiguresOfAPeerInvalidAndNoReference() {
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        turns.put("attache", List.of(cpu(30)));
        turns.put("haproxy", List.of(cpu(20), new Turn(Map.of(Measure.CPU, 1.0), List.of("timeout | 1"))));
        assertThat(section(turns).markdown())
                .contains("| attache | 30.0 | - | - | - | none |")
                .contains("| haproxy | INVALID | INVALID | - | - | timeout / 1 |");
    }

    @Test
    void aSkippedSectionSaysSo() {
        assertThat(Section.skipped("start", "no jar").markdown()).isEqualTo("## start\n\nSKIPPED: no jar\n");
    }

    private static Section section(Map<String, List<Turn>> turns) {
        return new Section(
                "c16",
                "A note.",
                List.of(Measure.CPU, Measure.RSS),
                List.of(Reference.HAPROXY, Reference.FASTEST_JAVA),
                turns);
    }

    private static Turn cpu(double micros) {
        return Turn.of(Map.of(Measure.CPU, micros));
    }
}
