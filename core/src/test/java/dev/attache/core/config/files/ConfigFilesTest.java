package dev.attache.core.config.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.fixtures.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFilesTest {

    private static final String LISTENER = """
        name: %s
        address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        filter_chains:
          - filters:
              - typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: a
                  http_filters: [{name: envoy.filters.http.router}]
                  route_config:
                    virtual_hosts:
                      - name: all
                        domains: ["*"]
                        routes: [{match: {prefix: /}, route: {cluster: %s}}]
        """;

    private static final String CLUSTER =
            "{name: %s, load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: /a}}}}]}]}}";

    @TempDir
    private Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("attache.yaml");
    }

    @Test
    void readsABootstrapInYamlAndInJson() throws IOException {
        Path yaml = write("envoy.yaml", "static_resources:\n  clusters:\n    - " + CLUSTER.formatted("one"));
        Path json = write("envoy.json", """
            {
            \t"staticResources": {"clusters": [{"name": "one", "loadAssignment": {"endpoints":
            \t\t[{"lbEndpoints": [{"endpoint": {"address": {"pipe": {"path": "/a"}}}}]}]}}]}
            }
            """);

        assertThat(ConfigFiles.load(ConfigOptions.of(yaml)).language()).isEqualTo(Language.ENVOY);
        assertThat(ConfigFiles.read(json)).isEqualTo(ConfigFiles.read(yaml));
    }

    @Test
    void readsATlsTerminatorWithoutAListOfListeners() throws IOException {
        Certificates.Leaf leaf = Certificates.in(file.getParent()).issue("a.test");
        Path role = write("role.yaml", """
            cluster: appserver
            profile::tlsproxy::envoy::tls_port: 8443
            profile::tlsproxy::envoy::global_certs: [{cert_path: %s, key_path: %s}]
            """.formatted(leaf.chain(), leaf.key()));

        LoadedConfig loaded = ConfigFiles.load(ConfigOptions.of(role));

        assertThat(loaded.language()).isEqualTo(Language.SERVICES);
        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.config().listeners())
                .extracting(listener -> listener.address().toString())
                .containsExactly("0.0.0.0:8443");
        assertThatThrownBy(() -> ConfigFiles.read(
                        role,
                        write(
                                "other.yaml",
                                "profile::tlsproxy::envoy::global_certs: [{cert_path: /no, key_path: /no}]")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("other.yaml:1:54: profile::tlsproxy::envoy::global_certs[0].cert_path: file /no:"
                        + " does not exist");
    }

    @Test
    void readsTheServicesProxyFormFromSeveralFiles() throws IOException {
        Path services = write("services.yaml", "services:\n  search: {port: 9243}\n");
        Path listeners = write(
                "listeners.yaml",
                "listeners:\n  - {name: search, port: 6101, timeout: 5s, service: search, upstream: search.test}\n");

        LoadedConfig loaded = ConfigFiles.load(ConfigOptions.of(services, listeners));

        assertThat(loaded.language()).isEqualTo(Language.SERVICES);
        assertThat(loaded.config().listeners()).isNotEmpty();
    }

    @Test
    void mergesATextOverTheFile() throws IOException {
        write(
                "attache.yaml",
                "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}\n"
                        + "static_resources: {clusters: [" + CLUSTER.formatted("one") + "]}");

        LoadedConfig loaded = ConfigFiles.load(ConfigOptions.of(file)
                .withConfigYaml("admin: {address: {socket_address: {port_value: 2}}}\n"
                        + "static_resources: {clusters: [" + CLUSTER.formatted("two") + "]}"));

        assertThat(loaded.config().admin().orElseThrow().address()).isEqualTo(new Address.Socket("127.0.0.1", 2));
        assertThat(loaded.config().clusters())
                .extracting(cluster -> cluster.name())
                .containsExactly("one", "two");
    }

    @Test
    void tellsWhichTextAMergedValueComesFrom() throws IOException {
        write("attache.yaml", "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}\n");

        assertThatThrownBy(() -> ConfigFiles.load(
                        ConfigOptions.of(file).withConfigYaml("admin: {address: {socket_address: {port_value: x}}}")))
                .hasMessage("--config-yaml:1:48: admin.address.socket_address.port_value: x (expected: 0 to 65535)");
    }

    @Test
    void takesATextAlone() {
        LoadedConfig loaded =
                ConfigFiles.load(new ConfigOptions(java.util.List.of(), java.util.Optional.of("node: {id: a}"), false));

        assertThat(loaded.config().listeners()).isEmpty();
    }

    @Test
    void refusesAMixOfLanguages() throws IOException {
        Path envoy = write("envoy.yaml", "static_resources: {}\n");
        Path services = write("services.yaml", "admin: {}\nlisteners: []\n");
        Path both = write("both.yaml", "static_resources: {}\nservices: {}\n");

        assertThatThrownBy(() -> ConfigFiles.read(envoy, services))
                .hasMessage(services + ":2:1: listeners: beside static_resources (" + envoy
                        + ":1:1), a key of another language (expected: one language)");
        assertThatThrownBy(() -> ConfigFiles.read(both))
                .hasMessage(both + ":2:1: services: beside static_resources (" + both
                        + ":1:1), a key of another language (expected: one language)");
    }

    @Test
    void refusesASecondBootstrap() throws IOException {
        Path one = write("one.yaml", "node: {}\n");
        Path two = write("two.yaml", "node: {}\n");

        assertThatThrownBy(() -> ConfigFiles.read(one, two))
                .hasMessage(two + ": a second file (expected: exactly one file or folder of an Envoy bootstrap)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                      | 1:1: empty (expected: static_resources and",
                "# nothing               | 1:1: empty (expected: static_resources and",
                "{}                      | 1:1: empty (expected: static_resources and",
                "[a]                     | 1:1: a list (expected: static_resources and",
                "text                    | 1:1: text (expected: static_resources and",
                "static_resource: {}     | 1:1: static_resource: a key of no known language (expected:"
                        + " static_resources and",
                "name: x                 | 1:1: name: a key of no known language",
                "static_resources: [     | 1:20: not YAML: while parsing a flow node",
                "'{\"node\": {}, \"node\": {}}' | 1:14: key node for the second time (first in line 1)",
            })
    void tellsWhatIsWrongWithAFileAsAWhole(String text, String message) throws IOException {
        write("attache.yaml", text == null ? "" : text);

        assertThatThrownBy(() -> ConfigFiles.read(file))
                .message()
                .startsWith(file + ":" + message)
                .doesNotContain("\n");
    }

    @Test
    void tellsEveryFileThatCannotBeRead() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xFF, 0});
        Path missing = folder.resolve("missing.yaml");

        assertThatThrownBy(() -> ConfigFiles.read(missing, binary))
                .hasMessage(missing + ": no such file (expected: a file that can be read)\n" + binary
                        + ":1:1: a byte that is not UTF-8 (expected: UTF-8 text)");
        assertThatThrownBy(() -> ConfigFiles.read()).hasMessage("no configuration (expected: at least one file)");
    }

    @Test
    void checksAcrossPartsAndTellsAllErrorsAtOnce() throws IOException {
        write(
                "attache.yaml",
                "static_resources:\n  listeners:\n    - "
                        + LISTENER.formatted("a", 1, "ones").indent(6).strip() + "\n  clusters:\n    - "
                        + CLUSTER.formatted("one") + "\n    - {name: two, typ: STATIC}\n");

        assertThatThrownBy(() -> ConfigFiles.read(file))
                .message()
                .contains(".routes[0].route.cluster: ")
                .contains("did you mean one?")
                .contains("clusters[1].load_assignment: missing")
                .contains("clusters[1].typ: unknown field; did you mean type?");
    }

    @Test
    void refusesWarningsOnlyWhereStrict() throws IOException {
        write("attache.yaml", "stats_config: {stats_tags: []}\n");

        LoadedConfig loaded = ConfigFiles.load(ConfigOptions.of(file));

        assertThat(loaded.warnings())
                .extracting(ConfigProblem::toString)
                .containsExactly(file + ":1:16: stats_config.stats_tags: has no effect");
        assertThatThrownBy(() -> ConfigFiles.load(ConfigOptions.of(file).strictly()))
                .hasMessage(file + ":1:16: stats_config.stats_tags: has no effect");
    }

    @Test
    void assemblesAFolderInTheOrderOfNames() throws IOException {
        write("listeners.d/99-b.yaml", LISTENER.formatted("b", 2, "one"));
        write(
                "listeners.d/00-a.json",
                "- " + LISTENER.formatted("a", 1, "two").indent(2).strip());
        write("listeners.d/.hidden.yaml", "nonsense");
        write("listeners.d/README", "nonsense");
        write("clusters.d/50-list.yml", "- " + CLUSTER.formatted("one") + "\n- " + CLUSTER.formatted("two"));
        write("admin-config.yaml", "address: {socket_address: {address: 127.0.0.1, port_value: 9631}}\n");
        write("runtime.yaml", "a:\n  b: 1\nc: true\n");

        LoadedConfig loaded = ConfigFiles.load(ConfigOptions.of(folder));

        assertThat(loaded.config().listeners())
                .extracting(listener -> listener.name())
                .containsExactly("a", "b");
        assertThat(loaded.config().clusters())
                .extracting(cluster -> cluster.name())
                .containsExactly("one", "two");
        assertThat(loaded.config().runtime().layers())
                .containsExactly(
                        new RuntimeConfig.Static(
                                "static_layer_0", Map.of("overload.global_downstream_max_connections", "50000")),
                        new RuntimeConfig.Static("static_layer_1", Map.of("a.b", "1", "c", "true")),
                        new RuntimeConfig.Admin("admin_layer_0"));
        assertThat(loaded.config().overload().maxConnections()).isEqualTo(50_000);
        assertThat(loaded.positions().of(loaded.config().listeners().get(1)).source())
                .hasToString(folder.resolve("listeners.d/99-b.yaml") + ":1:1");
    }

    @Test
    void tellsTheProblemsOfAllFragmentsAtOnceButNoneThatAMissingOneWouldCause() throws IOException {
        write("listeners.d/a.yaml", LISTENER.formatted("a", 1, "one") + "typo: 1\n");
        write("clusters.d/a.yaml", "name: [\n");
        write("clusters.d/b.yaml", "");

        assertThatThrownBy(() -> ConfigFiles.read(folder))
                .message()
                .contains(folder.resolve("listeners.d/a.yaml")
                        + ":14:1: static_resources.listeners[0].typo: unknown field")
                .contains(folder.resolve("clusters.d/a.yaml") + ":2:1: not YAML")
                .contains(
                        folder.resolve("clusters.d/b.yaml") + ":1:1: nothing (expected: a cluster, or a list of them)")
                .doesNotContain("unknown cluster");
    }

    @Test
    void refusesAFolderWithoutFragments() {
        assertThatThrownBy(() -> ConfigFiles.read(folder))
                .hasMessage(folder
                        + ": a folder without fragments (expected: listeners.d, clusters.d or"
                        + " admin-config.yaml in it)");
    }

    private Path write(String name, String text) throws IOException {
        Path target = folder.resolve(name);
        Files.createDirectories(target.getParent());
        return Files.writeString(target, text, StandardCharsets.UTF_8);
    }
}
