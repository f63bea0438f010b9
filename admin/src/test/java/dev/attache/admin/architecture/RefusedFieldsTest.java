package dev.attache.admin.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Unserved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README's list of what is refused is what the readers refuse, no more and no less. */
class RefusedFieldsTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path READERS = ROOT.resolve("core/src/main/java/dev/attache/core/config/envoy");
    private static final String HEADING = "### Fields of Envoy that are refused";
    private static final Pattern REFUSALS = Pattern.compile("\\.(unsupported(?:UnlessFalse)?)\\(([^;]*?)\\);");
    private static final Pattern LEFT_OUT = Pattern.compile("\\.(unserved(?:Unless)?)\\(([^;]*?)\\);");
    private static final Pattern TEXT = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void readmeListsWhatIsRefusedAlways() throws IOException {
        assertThat(listed(1)).isEqualTo(read(REFUSALS));
    }

    @Test
    void readmeListsWhatMayBeLeftOut() throws IOException {
        assertThat(listed(2)).isEqualTo(read(LEFT_OUT));
    }

    @Test
    void readmeNamesTheFeaturesThatAreReadAndNotServed() throws IOException {
        String features = section("## Features");
        for (Unserved.Feature feature : Unserved.Feature.values()) {
            assertThat(features)
                    .contains(feature.toString()
                            .replaceFirst("^the |rate limiting", "")
                            .strip());
        }
        assertThat(features).contains("rate limits");
    }

    private static Set<String> listed(int column) throws IOException {
        Set<String> names = new TreeSet<>();
        for (String row :
                section(HEADING).lines().filter(line -> line.startsWith("| ")).toList()) {
            CODE.matcher(row.split("\\|", -1)[column + 1])
                    .results()
                    .map(found -> found.group(1))
                    .filter(name -> !name.startsWith("-"))
                    .forEach(names::add);
        }
        return names;
    }

    private static String section(String heading) throws IOException {
        String page = Files.readString(ROOT.resolve("README.md"));
        int begin = page.indexOf(heading);
        assertThat(begin).as(heading).isPositive();
        int end = page.indexOf("\n#", begin + heading.length());
        return page.substring(begin, end);
    }

    private static Set<String> read(Pattern calls) throws IOException {
        List<Path> readers;
        try (Stream<Path> files = Files.list(READERS)) {
            readers = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        assertThat(readers).isNotEmpty();
        Set<String> names = new TreeSet<>();
        for (Path reader : readers) {
            names.addAll(calls.matcher(Files.readString(reader))
                    .results()
                    .map(call -> call.group(2))
                    .flatMap(arguments -> TEXT.matcher(arguments).results())
                    .map(MatchResult::group)
                    .map(text -> text.substring(1, text.length() - 1))
                    .collect(Collectors.toSet()));
        }
        return names;
    }
}
