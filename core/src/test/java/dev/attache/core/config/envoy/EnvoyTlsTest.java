package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.config.UpstreamTlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS where a bootstrap says little, and secrets that are somewhere else. */
class EnvoyTlsTest {

    private static final String UPSTREAM = "transport_socket: {typed_config: {\"@type\": "
            + "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext%s}}";

    @TempDir
    private Path folder;

    @Test
    void asksNothingOfAPeerUnlessItIsTold() {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withCluster(UPSTREAM.formatted("")));

        UpstreamTlsConfig tls = outcome.config().clusters().getFirst().tls().orElseThrow();

        assertThat(outcome.told()).isEmpty();
        assertThat(tls).isEqualTo(Defaults.ENVOY.tls().build());
        assertThat(tls.verifyHost()).isFalse();
        assertThat(tls.sniFromEndpoint()).isFalse();
        assertThat(tls.systemRoots()).isFalse();
        assertThat(tls.parameters().maxVersion()).isEqualTo("TLSv1.2");
    }

    @Test
    void leavesEverythingUnsaidToEnvoysDefaults() {
        Bootstraps.Outcome clusters = Bootstraps.read(Bootstraps.withCluster(""));
        Bootstraps.Outcome listeners = Bootstraps.read(Bootstraps.withHttp("route_config: {}"));
        ClusterConfig cluster = clusters.config().clusters().getFirst();
        ListenerConfig listener = listeners.config().listeners().getFirst();
        FilterChainConfig chain = listener.filterChains().getFirst();
        HttpConfig http = (HttpConfig) chain.protocol();

        assertThat(cluster)
                .isEqualTo(Defaults.ENVOY.cluster("one", cluster.discovery()).build());
        assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(cluster.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(listener)
                .isEqualTo(Defaults.ENVOY
                        .listener(listener.address(), listener.filterChains())
                        .build());
        assertThat(http).isEqualTo(Defaults.ENVOY.http("test", http.routes()).build());
        assertThat(http.serverHeader()).isEqualTo(ServerHeader.OVERWRITE);
        assertThat(http.enableTrailers()).isFalse();
        assertThat(http.requestHeadersTimeout()).isZero();
    }

    @Test
    void readsSecretsOfTheBootstrapItself() {
        Bootstraps.Outcome outcome = Bootstraps.read(Bootstraps.withCluster(UPSTREAM.formatted(
                        ", common_tls_context: {tls_certificate_sds_secret_configs: [{name: client}], "
                                + "validation_context_sds_secret_config: {name: roots}}"))
                + """
                  secrets:
                    - name: client
                      tls_certificate: {certificate_chain: {filename: /c}, private_key: {filename: /k}}
                    - name: roots
                      validation_context: {trusted_ca: {filename: /ca}}
                    - name: unused
                      tls_certificate: {certificate_chain: {filename: /c}, private_key: {filename: /k}}
                """);

        UpstreamTlsConfig tls = outcome.config().clusters().getFirst().tls().orElseThrow();

        assertThat(outcome.told()).isEmpty();
        assertThat(tls.clientCertificate()).contains(CertificateFiles.of(Path.of("/c"), Path.of("/k")));
        assertThat(tls.trustedCa()).contains(PemSource.of(Path.of("/ca")));
    }

    @Test
    void tellsWhatIsWrongInASecretFileAtItsOwnPlace() throws IOException {
        String type = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
        Path secrets = Files.writeString(
                folder.resolve("sds.yaml"),
                "resources:\n- \"@type\": " + type
                        + "\n"
                        + "  name: tls_sds\n"
                        + "  tls_certificate:\n"
                        + "    certificate_chain: {filename: /c}\n"
                        + "    key: {}\n");

        assertThat(Bootstraps.read(withSecret(secrets, "tls_sds")).told())
                .containsExactly(
                        secrets + ":5:5: resources[0].tls_certificate.private_key: missing (expected: its key in PEM)",
                        secrets + ":6:5: resources[0].tls_certificate.key: unknown field");
        assertThat(Bootstraps.read(withSecret(secrets, "tsl_sds")).told())
                .containsExactly("envoy.yaml:6:196: static_resources.clusters[0].transport_socket.typed_config"
                        + ".common_tls_context.tls_certificate_sds_secret_configs.name: no secret tsl_sds in " + secrets
                        + " (expected: one of tls_sds); did you mean tls_sds?");
    }

    @Test
    void tellsOfASecretFileThatIsNotThereWhereItIsNamed() {
        List<String> told =
                Bootstraps.read(withSecret(folder.resolve("none.yaml"), "a")).told();

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("envoy.yaml:6:")
                .endsWith(".sds_config.path_config_source.path: " + folder.resolve("none.yaml")
                        + ": no such file (expected: a file that can be read)");
    }

    private static String withSecret(Path file, String name) {
        return Bootstraps.withCluster(
                UPSTREAM.formatted(", common_tls_context: {tls_certificate_sds_secret_configs: {name: " + name
                        + ", sds_config: {path_config_source: {path: " + file + "}}}}"));
    }
}
