package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.ListenerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** TLS terminators of a deployment's real roles, unedited, where they are at hand. */
class RealRolesTest {

    private static final Path FOLDER = Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf")
            .normalize();

    @TestFactory
    Stream<DynamicTest> loadsEveryRoleBesideTheDefaults() throws IOException {
        return roles(role -> {
            Load load = Load.of(FOLDER.resolve("tlsproxy-envoy-defaults.yaml"), role);

            endsTls(load);
        });
    }

    @TestFactory
    Stream<DynamicTest> loadsEveryRoleBesideTheServicesProxy() throws IOException {
        return roles(role -> {
            Load load = Load.of(
                    FOLDER.resolve("tlsproxy-envoy-defaults.yaml"),
                    FOLDER.resolve("services-proxy-listeners.2024.yaml"),
                    FOLDER.resolve("service-catalog.yaml"),
                    role);

            endsTls(load);
            assertThat(load.config().listeners()).hasSizeGreaterThan(37);
        });
    }

    private static void endsTls(Load load) {
        assertThat(load.errors()).isEmpty();
        ListenerConfig first = load.config().listeners().getFirst();
        assertThat(first.name()).startsWith("tls_terminator_");
        assertThat(first.filterChains())
                .isNotEmpty()
                .allSatisfy(chain -> assertThat(chain.tls()).isPresent());
        assertThat(load.problems().stream().map(ConfigProblem::found))
                .allMatch(found -> found.startsWith("nothing is known of %{")
                        || found.equals("has no effect without idle_timeout")
                        || found.endsWith("answers of the proxy's own stay bare"));
    }

    private interface Check {
        void of(Path role);
    }

    private static Stream<DynamicTest> roles(Check check) throws IOException {
        Path roles = FOLDER.resolve("roles");
        assumeTrue(Files.isDirectory(roles), () -> "no real files in " + FOLDER);
        try (Stream<Path> files = Files.list(roles)) {
            List<Path> all = files.sorted().toList();
            return all.stream()
                    .map(role -> DynamicTest.dynamicTest(role.getFileName().toString(), () -> check.of(role)));
        }
    }
}
