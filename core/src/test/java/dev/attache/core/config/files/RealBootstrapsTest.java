package dev.attache.core.config.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Unserved;
import dev.attache.core.fixtures.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Bootstraps as real generators write them; skipped where they are not beside the repository. */
class RealBootstrapsTest {

    private static final Path REAL = Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf")
            .normalize();
    private static final Pattern NAMED_FILE = Pattern.compile("/(?:etc|tmp)/[\\w./-]+\\.(crt|key|html|yaml)");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> readsEveryBootstrapWithoutAnUnknownField() throws IOException {
        assumeTrue(Files.isDirectory(REAL), () -> "no real files in " + REAL);
        return files(REAL.resolve("bootstrap"), ".envoy.yaml").stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    Path written = withFiles(file, file.getFileName().toString().replace(".envoy.yaml", ""));
                    LoadedConfig loaded =
                            ConfigFiles.load(ConfigOptions.of(written).unserved(Unserved.Policy.DEFER));

                    assertThat(loaded.language()).isEqualTo(Language.ENVOY);
                    assertThat(loaded.config().listeners()).isNotEmpty();
                    assertThat(loaded.warnings().stream().map(ConfigProblem::found))
                            .noneMatch(found -> found.contains("has no effect") || found.contains("is not served yet"));
                }));
    }

    @Test
    void assemblesTheGoodFragments() throws IOException {
        assumeTrue(Files.isDirectory(REAL), () -> "no real files in " + REAL);
        for (String name : List.of("good", "good_no_runtime")) {
            Path fragments = copy(REAL.resolve("fragments").resolve(name));

            LoadedConfig loaded = ConfigFiles.load(ConfigOptions.of(fragments));

            assertThat(loaded.config().listeners()).hasSize(2);
            assertThat(loaded.config().clusters())
                    .extracting(cluster -> cluster.name())
                    .containsExactly("service1", "service2");
            assertThat(loaded.config().overload().maxConnections()).isEqualTo(50_000);
            assertThat(loaded.config().admin()).isPresent();
        }
    }

    @Test
    void refusesTheBadFragmentsWithThePlaceOfEveryProblem() throws IOException {
        assumeTrue(Files.isDirectory(REAL), () -> "no real files in " + REAL);
        Path fragments = copy(REAL.resolve("fragments").resolve("bad"));

        assertThatThrownBy(() -> ConfigFiles.read(fragments))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("01-http-redirect.yaml:27:21: not YAML: while parsing a block mapping")
                .hasMessageContaining("00-service1.yaml:10:1: static_resources.clusters[0].hosts: "
                        + "a field of an earlier version (expected: load_assignment)")
                .hasMessageContaining("00-tls-termination.yaml:9:7: "
                        + "static_resources.listeners[0].filter_chains[0].filters[0].config: "
                        + "a field of an earlier version (expected: typed_config with @type)")
                .hasMessageContaining("00-tls-termination.yaml:32:5: "
                        + "static_resources.listeners[0].filter_chains[0].tls_context: "
                        + "a field of an earlier version (expected: transport_socket)");
    }

    /** The file with every other file that it names made to exist. */
    private Path withFiles(Path file, String name) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Certificates ca = Certificates.in(Files.createDirectories(home.resolve("ca")));
        Certificates.Leaf leaf = ca.issue("svc.test");
        Path written = home.resolve("envoy.yaml");
        Matcher matcher = NAMED_FILE.matcher(Files.readString(file));
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            Path made = switch (matcher.group(1)) {
                case "crt" -> matcher.group().contains("ca-cert") ? ca.bundle() : leaf.chain();
                case "key" -> leaf.key();
                case "html" -> Files.writeString(home.resolve("page.html"), "<p>%LOCAL_REPLY_BODY%</p>");
                default -> {
                    Path secret = REAL.resolve("bootstrap").resolve(name + ".tls_certificate_sds_secret.yaml");
                    yield withFiles(secret, name + "-secret");
                }
            };
            matcher.appendReplacement(text, Matcher.quoteReplacement(made.toString()));
        }
        return Files.writeString(written, matcher.appendTail(text).toString());
    }

    private Path copy(Path from) throws IOException {
        Path to = Files.createDirectories(folder.resolve(from.getFileName().toString()));
        Certificates ca = Certificates.in(Files.createDirectories(to.resolve("ca")));
        Certificates.Leaf leaf = ca.issue("example.com");
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.writeString(
                        target,
                        Files.readString(file)
                                .replace(
                                        "/tmp/.envoyconfig/example-com.crt",
                                        leaf.chain().toString())
                                .replace(
                                        "/tmp/.envoyconfig/example-com.key",
                                        leaf.key().toString()));
            }
        }
        return to;
    }

    private static List<Path> files(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }
}
