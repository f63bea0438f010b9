package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** The whole of what came out, as Markdown: tables, and what is needed to get them again. */
final class Report {

    private Report() {}

    /** The report, without the folders of this machine. */
    static String text(String[] args, Stage stage, List<Section> sections) throws IOException {
        StringBuilder text = new StringBuilder("# Side by side\n\n");
        text.append("Command: `SideBySide ").append(String.join(" ", args)).append("`, ");
        text.append(LocalDate.now(ZoneOffset.UTC)).append(". ");
        text.append("Medians over ").append(stage.options().rounds());
        text.append(" turn(s) of ")
                .append(stage.options().seconds())
                .append(" s, smallest and largest in brackets; \"x\" is a");
        text.append(" ratio of medians of the first column. Client, proxy and upstream share the machine.\n\n");
        stage.skipped().forEach(line -> text.append("* SKIPPED: ").append(line).append('\n'));
        text.append("* machine: ").append(machine()).append('\n');
        Versions.all(stage.options())
                .forEach((name, version) -> text.append("* ")
                        .append(name)
                        .append(": ")
                        .append(version)
                        .append('\n'));
        for (Section section : sections) {
            text.append('\n').append(section.markdown());
        }
        text.append("\n## Command lines\n\n");
        stage.commands()
                .forEach((name, command) -> text.append("* ")
                        .append(name)
                        .append(": `")
                        .append(String.join(" ", command))
                        .append("`\n"));
        return text.toString()
                .replace(stage.directory() + "/", "")
                .replace(System.getProperty("java.home") + "/bin/", "");
    }

    private static String machine() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        return Runtime.getRuntime().availableProcessors() + " x " + model + ", Linux "
                + System.getProperty("os.version");
    }
}
