package dev.attache.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A table of the report.
 *
 * @param title      head of the section
 * @param note       what was done, in a sentence or two
 * @param measures   columns; the first is the one that ratios are of
 * @param references what each row is compared with
 * @param turns      rows: turns that count, by contestant
 */
record Section(
        String title, String note, List<Measure> measures, List<Reference> references, Map<String, List<Turn>> turns) {

    /** What all rows are compared with: the best row among some names, if one of them is valid. */
    record Reference(String head, Set<String> rows) {
        static final Reference HAPROXY = new Reference("x HAProxy", Set.of(Peers.HAPROXY));
        static final Reference FASTEST_JAVA = new Reference("x fastest Java peer", Peers.JAVA);
    }

    /** A section that says why it has no table. */
    static Section skipped(String title, String reason) {
        return new Section(title, "SKIPPED: " + reason, List.of(), List.of(), Map.of());
    }

    String markdown() {
        StringBuilder text = new StringBuilder("## " + title + "\n\n" + note + "\n");
        if (turns.isEmpty()) {
            return text.toString();
        }
        List<String> heads = new ArrayList<>(List.of(""));
        measures.forEach(measure -> heads.add(measure.head()));
        references.forEach(reference -> heads.add(reference.head()));
        heads.add("errors");
        text.append('\n').append(row(heads));
        text.append("|---|").append("---:|".repeat(heads.size() - 2)).append("---|\n");
        turns.keySet().forEach(contestant -> text.append(row(cells(contestant))));
        return text.toString();
    }

    private List<String> cells(String contestant) {
        List<String> cells = new ArrayList<>(List.of(contestant));
        String errors = errors(contestant);
        boolean valid = errors.isEmpty();
        for (Measure measure : measures) {
            String text = spread(contestant, measure)
                    .map(spread -> spread.text(measure.decimals()))
                    .orElse("-");
            cells.add(valid ? text : "INVALID");
        }
        for (Reference reference : references) {
            cells.add(valid ? ratio(contestant, reference) : "-");
        }
        cells.add(valid ? "none" : errors);
        return cells;
    }

    private String errors(String contestant) {
        return turns.getOrDefault(contestant, List.of()).stream()
                .flatMap(turn -> turn.errors().stream())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private Optional<Spread> spread(String contestant, Measure measure) {
        List<Double> values = turns.getOrDefault(contestant, List.of()).stream()
                .map(turn -> turn.figures().getOrDefault(measure, Double.NaN))
                .filter(Predicate.not(value -> value.isNaN()))
                .toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
    }

    private String ratio(String contestant, Reference reference) {
        Measure first = measures.getFirst();
        Optional<Double> best = reference.rows().stream()
                .filter(row -> errors(row).isEmpty())
                .flatMap(row -> spread(row, first).stream())
                .map(Spread::median)
                .min(Double::compare);
        Optional<Spread> own = spread(contestant, first);
        return best.isPresent() && own.isPresent()
                ? String.format(Locale.ROOT, "%.2f", own.get().median() / best.get())
                : "-";
    }

    private static String row(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "/")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
