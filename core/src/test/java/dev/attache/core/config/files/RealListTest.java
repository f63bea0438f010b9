package dev.attache.core.config.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Yaml;
import dev.attache.core.fixtures.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deployment's real listener list, with all checks; what is wrong with it is counted here by other means. */
class RealListTest {

    private static final Path FOLDER = Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf")
            .normalize();
    private static final Path LIST = FOLDER.resolve("services-proxy-listeners.yaml");
    private static final Path CATALOGUE = FOLDER.resolve("service-catalog.yaml");
    private static final String PREFIX = "profile::services_proxy::envoy::";

    /** An entry of the list, told from its text alone. */
    private record Written(String name, String service, String port, int serviceLine, int portLine) {}

    @TempDir
    private Path folder;

    @BeforeEach
    void filesAreAtHand() {
        assumeTrue(Files.isRegularFile(LIST), () -> "no real files in " + FOLDER);
    }

    @Test
    void loadsTheCataloguedListenersWithDistinctPorts() throws IOException {
        Set<String> services = services();
        Map<String, String> namesByPort = new LinkedHashMap<>();
        for (Written entry : entries()) {
            if (services.contains(entry.service())) {
                namesByPort.putIfAbsent(entry.port(), entry.name());
            }
        }

        LoadedConfig loaded =
                ConfigFiles.load(ConfigOptions.of(LIST, CATALOGUE, further(new ArrayList<>(namesByPort.values()))));

        assertThat(loaded.config().listeners()).hasSize(2 * namesByPort.size()).hasSizeGreaterThan(150);
        assertThat(loaded.warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.found())
                        .startsWith("TLS without a check of the name in the peer's certificate: clusters "));
    }

    @Test
    void tellsExactlyTheMissingServicesAndThePortsGivenTwiceWhereAllAreEnabled() throws IOException {
        Set<String> services = services();
        Set<String> ports = new HashSet<>();
        List<String> expected = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Written entry : entries()) {
            names.add(entry.name());
            if (!ports.add(entry.port())) {
                expected.add(LIST + ":" + entry.portLine() + ":11 port " + entry.port());
            }
            if (!services.contains(entry.service())) {
                expected.add(LIST + ":" + entry.serviceLine() + ":14 service " + entry.service());
            }
        }

        List<ConfigProblem> problems = problems(LIST, CATALOGUE, further(names));

        assertThat(problems).allMatch(ConfigProblem::isError);
        assertThat(problems.stream().map(RealListTest::shortly)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(expected).hasSize(15 + 6);
    }

    @Test
    void tellsOnlyTheMissingServicesOfTheListenersThatAreEnabledAsTheFilesStand() throws IOException {
        assertThat(problems(LIST, CATALOGUE, trusting("")))
                .hasSize(9)
                .allMatch(problem -> problem.found().endsWith("is not in the catalogue"));
    }

    private static String shortly(ConfigProblem problem) {
        String[] words = problem.found().split(" ");
        return problem.source() + " " + words[0] + " " + words[1];
    }

    private static List<ConfigProblem> problems(Path... files) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> ConfigFiles.read(files));
        assertThat(refused).isNotNull();
        return refused.problems();
    }

    private Path further(List<String> names) throws IOException {
        return trusting(PREFIX + "enabled_listeners: [" + String.join(", ", names) + "]\n");
    }

    private Path trusting(String text) throws IOException {
        Path ca = Certificates.in(folder).bundle();
        return Files.writeString(folder.resolve("further.yaml"), text + "trusted_ca: " + ca + "\n");
    }

    private static Set<String> services() {
        Node.Mapping root = (Node.Mapping) Yaml.read(CATALOGUE);
        Node.Entry catalogue = root.entries().get("service::catalog");
        return ((Node.Mapping) catalogue.value()).entries().keySet();
    }

    private static List<Written> entries() throws IOException {
        List<Written> entries = new ArrayList<>();
        List<String> lines = Files.readAllLines(LIST);
        String name = "";
        String service = "";
        String port = "";
        int serviceLine = 0;
        int portLine = 0;
        for (int i = 0; i <= lines.size(); i++) {
            String line = i < lines.size() ? lines.get(i) : "  - name: end";
            if (line.startsWith("  - name: ")) {
                if (!service.isEmpty()) {
                    entries.add(new Written(name, service, port, serviceLine, portLine));
                }
                name = value(line);
                service = "";
            } else if (line.startsWith("    service: ") && service.isEmpty()) {
                service = value(line);
                serviceLine = i + 1;
            } else if (line.startsWith("    port: ")) {
                port = value(line);
                portLine = i + 1;
            }
        }
        assertThat(entries).hasSize(97);
        return entries;
    }

    private static String value(String line) {
        return line.substring(line.indexOf(": ") + 2)
                .replaceAll("#.*|[\"']", "")
                .strip();
    }
}
