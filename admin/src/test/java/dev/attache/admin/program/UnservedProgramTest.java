package dev.attache.admin.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a configuration with features that are read but not served. */
@Timeout(120)
class UnservedProgramTest {

    private static final String ROUTE = """
        - match: {prefix: "/"}
          direct_response: {status: 200, body: {inline_string: "here"}}
        """;
    private static final String TRACING = """
        tracing: {provider: {name: envoy.tracers.opentelemetry, typed_config: {
          "@type": type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig,
          grpc_service: {envoy_grpc: {cluster_name: back}}, service_name: demo}}}
        """;
    private static final String HEALTH_CHECKS = """
        type: STATIC
            health_checks: [{timeout: 1s, interval: 5s, unhealthy_threshold: 2, healthy_threshold: 2, \
        tcp_health_check: {}}]\
        """;

    @TempDir
    private Path folder;

    @Test
    void warnsInValidatingOfWhatServingRefuses() throws Exception {
        Program.Ended ended = run(twoFeatures(), "--mode", "validate");

        assertThat(ended.err())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("warning: ").contains("is not served yet"));
        assertThat(ended.exit()).isZero();
        assertThat(run(twoFeatures(), "--mode", "validate", "--strict").exit()).isEqualTo(1);
        assertThat(run(twoFeatures(), "--mode", "validate", "--allow-unserved").err())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).endsWith("is not served yet; left out"));
    }

    @Test
    void takesAFieldThatNoRecordHoldsAsItTakesAFeature() throws Exception {
        Path file = file(CommandLineProgramTest.bootstrap("", ROUTE)
                .replace("type: STATIC", "type: STATIC\n    common_lb_config: {locality_weighted_lb_config: {}}"));

        Program.Ended served = run(file);
        assertThat(served.exit()).isEqualTo(1);
        assertThat(served.err())
                .singleElement()
                .asString()
                .contains("locality_weighted_lb_config: is not served yet")
                .contains("--allow-unserved");
        Program.Ended validated = run(file, "--mode", "validate");
        assertThat(validated.exit()).isZero();
        assertThat(validated.err()).singleElement().asString().startsWith("warning: ");
    }

    @Test
    void refusesInBothWaysALogWhoseFolderIsNotThereAndMakesNothing() throws Exception {
        Path folders = folder.resolve("logs");
        String log = """
            access_log: [{name: f, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: %s}}]
            """;
        Path file = file(CommandLineProgramTest.bootstrap(log.formatted(folders.resolve("a.log")), ROUTE));

        for (List<String> mode : List.of(List.<String>of(), List.of("--mode", "validate"))) {
            Program.Ended ended = run(file, mode.toArray(String[]::new));
            assertThat(ended.exit()).isEqualTo(1);
            assertThat(ended.err())
                    .anySatisfy(line -> assertThat(line)
                            .contains("access_log.path: " + folders.resolve("a.log") + ": cannot be opened"));
        }
        assertThat(folders).doesNotExist();

        Files.createDirectory(folders);
        assertThat(run(file, "--mode", "validate").exit()).isZero();
        assertThat(folders).isEmptyDirectory();
        assertThat(folder.resolve("admin.sock")).doesNotExist();
    }

    @Test
    void refusesEachFeatureWithAMessage() throws Exception {
        Path file = twoFeatures();

        Program.Ended ended = run(file);

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .containsPattern("^\\Q" + file + "\\E:\\d+:\\d+: ")
                        .contains("is not served yet")
                        .contains("--allow-unserved"));
        assertThat(ended.err()).filteredOn(line -> line.contains("tracing")).hasSize(1);
        assertThat(ended.err())
                .filteredOn(line -> line.contains("active health checks"))
                .hasSize(1);
    }

    @Test
    void leavesThemOutWhereAskedTo() throws Exception {
        try (Running running = Running.of(twoFeatures(), folder.resolve("admin.sock"), List.of(), "--allow-unserved")) {
            assertThat(running.get("/").body()).isEqualTo("here");
            assertThat(running.program().err())
                    .filteredOn(line -> line.startsWith("warning: ") && line.endsWith("is not served yet; left out"))
                    .hasSize(2);
        }
    }

    @Test
    void neverLeavesOutWhatProtects() throws Exception {
        String limit = """
            http_filters:
                      - name: envoy.filters.http.ratelimit
                        typed_config:
                          "@type": %s
                          domain: demo
                          rate_limit_service:
                            transport_api_version: V3
                            grpc_service: {envoy_grpc: {cluster_name: back}}\
            """.formatted("type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit");
        Path file = file(CommandLineProgramTest.bootstrap("", ROUTE).replace("http_filters:", limit));

        Program.Ended ended = run(file, "--allow-unserved");

        assertThat(run(file, "--mode", "validate", "--allow-unserved").exit()).isEqualTo(1);
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line)
                        .startsWith(file + ":")
                        .contains("rate limiting (listener demo) is not served yet")
                        .contains("it protects"));
    }

    private Path twoFeatures() throws IOException {
        String text = CommandLineProgramTest.bootstrap(TRACING, ROUTE).replace("type: STATIC", HEALTH_CHECKS);
        return file(text);
    }

    private Path file(String text) throws IOException {
        String admin = "admin: {address: {pipe: {path: " + folder.resolve("admin.sock") + "}}}\n";
        return Files.writeString(folder.resolve("envoy.yaml"), text + admin);
    }

    private static Program.Ended run(Path file, String... more) throws Exception {
        String[] all = new String[more.length + 2];
        all[0] = "-c";
        all[1] = file.toString();
        System.arraycopy(more, 0, all, 2, more.length);
        try (Program program = Program.start(all)) {
            return program.ended();
        }
    }
}
