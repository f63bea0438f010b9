package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Measures Attache and its peers and prints what came out as Markdown; progress goes to standard error. */
public final class SideBySide {

    private SideBySide() {}

    /** See {@link Options#USAGE}. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        if (Wrk.missing().isPresent()) {
            System.err.println(Wrk.missing().get() + ", and nothing goes without it");
            System.exit(1);
        }
        List<Section> sections = new ArrayList<>();
        try (Stage stage = Stage.open(options)) {
            for (Case asked : Cases.of(options)) {
                sections.addAll(asked.run(stage));
            }
            String report = Report.text(args, stage, sections);
            System.out.println(report);
            if (options.out().isPresent()) {
                Files.writeString(options.out().get(), report);
            }
        }
    }
}
