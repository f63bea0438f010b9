package dev.attache.core.config.envoy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.PeerValidation;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.UpstreamTlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates, keys and lists that stand in the bootstrap, in its environment, or in secrets. */
class EnvoyPemTest {

    private static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";

    /** Base64 of it has characters that differ for URLs, and needs padding. */
    private static final String TEXT = "???>>>a";

    private static final String SECRET_KEY = "-----BEGIN PRIVATE KEY-----MIIEow";

    @TempDir
    private Path folder;

    private static Stream<Arguments> kinds() {
        byte[] bytes = TEXT.getBytes(US_ASCII);
        return Stream.of(
                Arguments.of("{filename: /pem}", PemSource.of(Path.of("/pem"))),
                Arguments.of("{inline_string: '" + TEXT + "'}", PemSource.inline(TEXT)),
                Arguments.of(
                        "{inline_bytes: '" + Base64.getEncoder().encodeToString(bytes) + "'}", PemSource.inline(TEXT)),
                Arguments.of(
                        "{inlineBytes: '"
                                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "'}",
                        PemSource.inline(TEXT)),
                Arguments.of("{environment_variable: PATH}", PemSource.inline(System.getenv("PATH"))));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readsEachKindForListenersAndClusters(String written, PemSource source) {
        String context = """
            {tls_certificates: {certificate_chain: %1$s, private_key: %1$s}, \
            validation_context: {trusted_ca: %1$s, crl: %1$s}}\
            """.formatted(written);
        Bootstraps.Outcome listener = Bootstraps.read(downstream(context));
        Bootstraps.Outcome cluster = Bootstraps.read(upstream(context));

        assertThat(listener.told()).isEmpty();
        assertThat(cluster.told()).isEmpty();
        DownstreamTlsConfig down = downstream(listener);
        assertThat(down.certificates()).containsExactly(CertificateFiles.of(source, source));
        assertThat(down.trustedCa()).contains(source);
        assertThat(down.crl()).contains(source);
        UpstreamTlsConfig up = upstream(cluster);
        assertThat(up.clientCertificate()).contains(CertificateFiles.of(source, source));
        assertThat(up.trustedCa()).contains(source);
        assertThat(up.crl()).contains(source);
    }

    @Test
    void showsNoTextOfThem() {
        Bootstraps.Outcome outcome = Bootstraps.read(downstream("{tls_certificates: {certificate_chain: "
                + "{inline_string: \"" + SECRET_KEY + "\"}, private_key: {inline_string: \"" + SECRET_KEY + "\"}}}"));

        assertThat(outcome.config().toString()).contains("key=<inline>").doesNotContain("MIIEow", "BEGIN");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'KEY' | .private_key: no data source (expected: a mapping with filename, inline_string, inline_bytes"
                        + " or environment_variable)",
                "{} | .private_key: nothing (expected: filename, inline_string, inline_bytes or environment_variable)",
                "{filename: 'KEY'} | .filename: PEM (expected: a file name; inline_string is for PEM)",
                "{environment_variable: 'KEY'} | .environment_variable: PEM (expected: the name of a variable;"
                        + " inline_string is for PEM)",
                "{environment_variable: ATTACHE_NONE} | .environment_variable: environment variable ATTACHE_NONE is not"
                        + " set (expected: one that holds PEM)",
                "{inline_bytes: 'KEY'} | .inline_bytes: PEM (expected: PEM in base64; inline_string is for PEM)",
                "{inline_bytes: 'MIIEow?'} | .inline_bytes: not base64 (expected: PEM in base64)",
                "{inline_string: ' '} | .inline_string: an empty text (expected: PEM)",
                "{inline_string: ['KEY']} | .inline_string: a list (expected: a text)",
                "{inline_string: 'KEY', filename: /k} | .inline_string: set beside filename (expected: only one of"
                        + " them)",
                "{inline: 'KEY', filename: /k} | .inline: unknown field",
            },
            quoteCharacter = '"')
    void refusesAWrongKeyWithoutRepeatingIt(String written, String message) {
        List<String> told = Bootstraps.read(
                        downstream("{tls_certificates: {certificate_chain: {filename: /c}, private_key: "
                                + written.replace("KEY", SECRET_KEY) + "}}"))
                .told();

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("envoy.yaml:11:")
                .contains(".tls_certificates.private_key")
                .endsWith(message)
                .doesNotContain("MIIEow");
    }

    @Test
    void repeatsNoKeyThatStandsWhereASecretIsExpected() throws IOException {
        Path key = folder.resolve("tls.key");
        String context = "{tls_certificate_sds_secret_configs: {name: web, " + sdsConfig(key) + "}}";

        Files.writeString(key, SECRET_KEY + "\nabc\n-----END PRIVATE KEY-----\n");
        assertThat(Bootstraps.read(downstream(context)).told())
                .singleElement()
                .asString()
                .contains("not YAML")
                .doesNotContain("MIIEow");
        Files.writeString(key, SECRET_KEY);
        assertThat(Bootstraps.read(downstream(context)).told())
                .contains(key + ":1:1: PEM (expected: a mapping)")
                .noneMatch(line -> line.contains("MIIEow"));
    }

    @Test
    void refusesThePassPhraseOfAKeyWithoutRepeatingIt() {
        List<String> told = Bootstraps.read(
                        downstream("{tls_certificates: {certificate_chain: {filename: /c}, private_key: "
                                + "{inline_string: x}, password: {inline_string: hidden}}}"))
                .told();

        assertThat(told).singleElement().asString().endsWith(".password: not supported");
    }

    @Test
    void readsSecretsOfTheBootstrapItself() {
        Bootstraps.Outcome outcome = Bootstraps.read(upstream("{tls_certificate_sds_secret_configs: [{name: client}], "
                        + "validation_context_sds_secret_config: {name: roots}}")
                + """
                  secrets:
                    - name: client
                      tls_certificate: {certificate_chain: {inline_string: c}, private_key: {inline_string: k}}
                    - name: roots
                      validation_context: {trusted_ca: {inline_string: ca}}
                """);

        assertThat(outcome.told()).isEmpty();
        assertThat(upstream(outcome).clientCertificate())
                .contains(CertificateFiles.of(PemSource.inline("c"), PemSource.inline("k")));
        assertThat(upstream(outcome).trustedCa()).contains(PemSource.inline("ca"));
        assertThat(upstream(outcome).validationSecret()).isEmpty();
    }

    @Test
    void readsTheSecretOfAFileAgain() throws IOException {
        Path file = writeCertificate("{inline_string: c}", "{inline_string: k}");
        Bootstraps.Outcome outcome = Bootstraps.read(
                downstream("{tls_certificate_sds_secret_configs: {name: web, " + sdsConfig(file) + "}}"));

        assertThat(outcome.told()).isEmpty();
        CertificateFiles pair = downstream(outcome).certificates().getFirst();
        assertThat(pair)
                .isEqualTo(CertificateFiles.of(PemSource.inline("c"), PemSource.inline("k"))
                        .from(new CertificateSecret(file, "web")));

        writeCertificate("{filename: /c}", "{filename: /k}");

        assertThat(pair.current())
                .isEqualTo(CertificateFiles.of(Path.of("/c"), Path.of("/k"))
                        .from(pair.secret().orElseThrow()));
    }

    @Test
    void tellsWhyASecretCannotBeReadAgain() throws IOException {
        Path file = folder.resolve("sds.yaml");
        CertificateSecret secret = new CertificateSecret(file, "web");

        assertThatThrownBy(secret::read)
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": no such file (expected: a file that can be read)");
        writeCertificate("{inline_string: c}", "{inline_bytes: '" + SECRET_KEY + "'}");
        assertThatThrownBy(secret::read)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + ":6:33: resources[0].tls_certificate.private_key.inline_bytes: PEM (")
                .hasMessageNotContaining("MIIEow");
        writeCertificate("{inline_string: c}", "{filename: /k}, kee: {}");
        assertThatThrownBy(secret::read)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("resources[0].tls_certificate.kee: unknown field");
        Files.writeString(file, "resources: []");
        assertThatThrownBy(secret::read)
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": resources: no secret web");
    }

    @Test
    void mergesASecretThatIsReadAgainOverWhatStandsBesideIt() throws IOException {
        Path file = writeValidation("trusted_ca: {inline_string: one}");
        Bootstraps.Outcome outcome = Bootstraps.read(
                upstream("{combined_validation_context: {default_validation_context: {crl: {inline_string: crl}, "
                        + "match_subject_alt_names: [{exact: a}]}, validation_context_sds_secret_config: "
                        + "{name: ca, " + sdsConfig(file) + "}}}"));
        assertThat(outcome.told()).isEmpty();
        PeerValidation read = upstream(outcome).validation();
        assertThat(read.trustedCa()).contains(PemSource.inline("one"));

        writeValidation("trusted_ca: {inline_string: two}, match_subject_alt_names: [{exact: b}]");

        PeerValidation now = read.current();
        assertThat(now.trustedCa()).contains(PemSource.inline("two"));
        assertThat(now.crl()).contains(PemSource.inline("crl"));
        assertThat(now.subjectAltNames())
                .containsExactly(
                        SubjectAltNameMatch.any(new StringMatch.Exact("a", false)),
                        SubjectAltNameMatch.any(new StringMatch.Exact("b", false)));
        assertThat(now.secret()).isEqualTo(read.secret()).isNotEqualTo(Optional.empty());
    }

    private Path writeCertificate(String chain, String key) throws IOException {
        return Files.writeString(folder.resolve("sds.yaml"), """
            resources:
            - "@type": %sSecret
              name: web
              tls_certificate:
                certificate_chain: %s
                private_key: %s
            """.formatted(TYPE, chain, key)
                .replaceFirst(", kee: \\{}", "\n    kee: {}"));
    }

    private Path writeValidation(String members) throws IOException {
        return Files.writeString(folder.resolve("ca.yaml"), """
            resources: [{"@type": %sSecret, name: ca, validation_context: {%s}}]
            """.formatted(TYPE, members));
    }

    private static String sdsConfig(Path file) {
        return "sds_config: {path_config_source: {path: " + file + ", watched_directory: {path: /}}}";
    }

    private static String downstream(String common) {
        return Bootstraps.withHttp("route_config: {}")
                + "          transport_socket: {typed_config: {\"@type\": " + TYPE
                + "DownstreamTlsContext, common_tls_context: " + common + "}}\n";
    }

    private static String upstream(String common) {
        return Bootstraps.withCluster("transport_socket: {typed_config: {\"@type\": " + TYPE
                + "UpstreamTlsContext, common_tls_context: " + common + "}}");
    }

    private static DownstreamTlsConfig downstream(Bootstraps.Outcome outcome) {
        return outcome.config()
                .listeners()
                .getFirst()
                .filterChains()
                .getFirst()
                .tls()
                .orElseThrow();
    }

    private static UpstreamTlsConfig upstream(Bootstraps.Outcome outcome) {
        return outcome.config().clusters().getFirst().tls().orElseThrow();
    }
}
