package dev.attache.admin.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the program says and how it exits before it serves anything. */
@Timeout(120)
class CommandLineProgramTest {

    @TempDir
    private Path folder;

    @Test
    void validatesAGoodFile() throws Exception {
        Path file = file("good.yaml", plain(0));

        Program.Ended ended = run("-c", file.toString(), "--mode", "validate");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).containsExactly("configuration '" + file + "' OK");
        assertThat(ended.exit()).isZero();
    }

    @Test
    void understandsAModeThatIsOneWord() throws Exception {
        Path file = file("good.yaml", plain(0));

        Program.Ended ended = run("--mode validate", "-c", file.toString());

        assertThat(ended.out()).containsExactly("configuration '" + file + "' OK");
        assertThat(ended.exit()).isZero();
    }

    @Test
    void tellsEachErrorOfABadFileWithItsPlace() throws Exception {
        Path file = file("bad.yaml", """
            listeners:
              - {name: one, port: 6100, upstream: "127.0.0.1:1", timeout: soon}
              - {name: two, port: 6101, upstream: "127.0.0.1:1", tiemout: 1s}
            """);

        Program.Ended ended = run("-c", file.toString(), "--mode", "validate");

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).filteredOn(line -> line.contains("soon")).hasSize(1);
        assertThat(ended.err()).filteredOn(line -> line.contains("tiemout")).hasSize(1);
        assertThat(ended.err()).allSatisfy(line -> assertThat(line).containsPattern("^\\Q" + file + "\\E:\\d+:\\d+: "));
    }

    @Test
    void tellsWarningsAndRefusesThemWhereAskedTo() throws Exception {
        Path file = file("warned.yaml", bootstrap("", """
            - match: {prefix: "/"}
              route: {cluster: back}
            - match: {prefix: "/never"}
              route: {cluster: back}
            """));

        Program.Ended lenient = run("-c", file.toString(), "--mode", "validate");
        Program.Ended strict = run("-c", file.toString(), "--mode", "validate", "--strict");

        assertThat(lenient.exit()).isZero();
        assertThat(lenient.err()).hasSize(1).allSatisfy(line -> assertThat(line).startsWith("warning: " + file + ":"));
        assertThat(strict.exit()).isEqualTo(1);
        assertThat(strict.out()).isEmpty();
        assertThat(strict.err()).isNotEmpty();
    }

    @Test
    void tellsWhichAreWarningsBesideErrors() throws Exception {
        Path file = file("both.yaml", bootstrap("", """
            - match: {prefix: "/"}
              route: {cluster: back}
            - match: {prefix: "/never"}
              route: {cluster: nowhere}
            """));

        Program.Ended ended = run("-c", file.toString(), "--mode", "validate");

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).filteredOn(line -> line.startsWith("warning: ")).hasSize(1);
        assertThat(ended.err())
                .filteredOn(line -> !line.startsWith("warning: "))
                .singleElement()
                .asString()
                .contains("nowhere");
    }

    @Test
    void findsWhatOnlyTheTlsEngineRefuses() throws Exception {
        Certificates.Leaf leaf = Certificates.in(folder).issue("a.test");
        Path key = file("broken.key", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path file = file("tls.yaml", """
            listeners:
              - {name: one, port: 0, upstream: "127.0.0.1:1", encryption: false, tls: {certificate: %s, key: %s}}
            """.formatted(leaf.chain(), key));

        Program.Ended ended = run("-c", file.toString(), "--mode", "validate");

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).singleElement().asString().contains(key.toString(), "not a private key");
    }

    @Test
    void tellsItsVersionAndItsOptions() throws Exception {
        Program.Ended version = run("--version");
        Program.Ended help = run("--help");

        assertThat(version.exit()).isZero();
        assertThat(version.out()).hasSize(1);
        assertThat(help.exit()).isZero();
        assertThat(help.out()).anyMatch(line -> line.contains("--config-path"));
        assertThat(help.err()).isEmpty();
    }

    @Test
    void refusesAnOptionThatItDoesNotKnow() throws Exception {
        Program.Ended ended = run("--no-such-thing");

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).containsExactly("unknown option --no-such-thing; see --help");
    }

    @Test
    void refusesAFileThatIsNotThere() throws Exception {
        Path none = folder.resolve("none.yaml");

        Program.Ended ended = run("-c", none.toString());

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).hasSize(1).allSatisfy(line -> assertThat(line).contains(none.toString()));
    }

    @Test
    void namesTheListenerWhosePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Path file = file("taken.yaml", plain(taken.getLocalPort()));

            Program.Ended ended = run("-c", file.toString());

            assertThat(ended.exit()).isEqualTo(1);
            assertThat(ended.err())
                    .filteredOn(line ->
                            line.contains("demo on 127.0.0.1:" + taken.getLocalPort()) && line.contains("in use"))
                    .hasSize(1);
            assertThat(ended.err()).noneMatch(line -> line.contains("\tat "));
        }
    }

    @Test
    void refusesALogThatCannotBeOpened() throws Exception {
        Path log = folder.resolve("no-such-folder").resolve("access.log");
        Path file = file("log.yaml", plain(0) + "access_log_path: " + log + "\n");

        Program.Ended ended = run("-c", file.toString());

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err())
                .filteredOn(line -> line.contains(log.toString()))
                .hasSize(1);
        assertThat(ended.err()).noneMatch(line -> line.contains("\tat "));
    }

    private static Program.Ended run(String... arguments) throws IOException, InterruptedException {
        try (Program program = Program.start(arguments)) {
            return program.ended();
        }
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String plain(int port) {
        return "listeners: [{name: demo, port: %d, upstream: \"127.0.0.1:1\", encryption: false}]%n".formatted(port);
    }

    /** An Envoy file with more in its connection manager, and with routes. */
    static String bootstrap(String more, String routes) {
        return """
            static_resources:
              listeners:
              - name: demo
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: demo
            %s
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes:
            %s
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
              clusters:
              - name: back
                type: STATIC
                load_assignment:
                  cluster_name: back
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]
            """.formatted(more.indent(10), routes.indent(14));
    }
}
