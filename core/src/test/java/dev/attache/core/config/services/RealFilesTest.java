package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.ConfigProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The files of a real deployment, unedited, where they are at hand. */
class RealFilesTest {

    private static final Path FOLDER = Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf")
            .normalize();
    private static final Path LIST = FOLDER.resolve("services-proxy-listeners.yaml");
    private static final Path LIST_OF_2024 = FOLDER.resolve("services-proxy-listeners.2024.yaml");
    private static final Path CATALOGUE = FOLDER.resolve("service-catalog.yaml");
    private static final Path KUBERNETES = FOLDER.resolve("services-proxy.k8s.yaml");

    private static final List<String> ENABLED_WITHOUT_SERVICE = List.of(
            "test-kitchen",
            "chart-renderer",
            "wdqs-internal-main",
            "wdqs-internal-scholarly",
            "analytics-web",
            "opensearch-semantic-search",
            "opensearch-ipoid",
            "opensearch-ttmserver-test",
            "opensearch-toolhub-test");

    @BeforeEach
    void filesAreAtHand() {
        assumeTrue(Files.isRegularFile(LIST), () -> "no real files in " + FOLDER);
    }

    @Test
    void tellsExactlyTheEnabledListenersWhoseServiceIsMissing() {
        Load load = Load.of(LIST, CATALOGUE);

        assertThat(load.problems()).allMatch(ConfigProblem::isError).allSatisfy(problem -> {
            assertThat(problem.found()).endsWith("is not in the catalogue");
            assertThat(problem.source().file()).isEqualTo(LIST.toString());
            assertThat(lineOf(problem)).contains("service: " + problem.found().split(" ")[1]);
            assertThat(problem.source().column()).isEqualTo(lineOf(problem).indexOf("service: ") + 10);
        });
        assertThat(load.problems())
                .extracting(ConfigProblem::found)
                .containsExactlyElementsOf(ENABLED_WITHOUT_SERVICE.stream()
                        .map(name -> "service " + name + " is not in the catalogue")
                        .toList());
    }

    @Test
    void loadsTheListOf2024AsItStands() {
        Load load = Load.of(LIST_OF_2024, CATALOGUE);

        assertThat(load.problems()).isEmpty();
        assertThat(load.config().listeners()).hasSize(37);
    }

    @Test
    void loadsTheKubernetesMapAsItStandsAndLeavesOutPortsThatAreTaken() {
        Load load = Load.of(KUBERNETES);

        assertThat(load.problems()).hasSize(6).noneMatch(ConfigProblem::isError);
        assertThat(load.config().listeners()).hasSize(2 * (97 - 6));
        assertThat(load.config().clusters()).hasSize(97 - 6);
    }

    private static String lineOf(ConfigProblem problem) {
        try {
            return Files.readAllLines(LIST).get(problem.source().line() - 1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
