package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.OcspPolicy;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.UpstreamTlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of a listener, and what a peer's certificate must be in either direction. */
class EnvoyDownstreamTlsTest {

    private static final String CERTIFICATE =
            "tls_certificates: {certificate_chain: {filename: /c}, private_key: {filename: /k}}";
    private static final String PEER =
            "trusted_ca: {filename: /ca}, crl: {filename: /crl}, only_verify_leaf_cert_crl: true,"
                    + " match_typed_subject_alt_names: [{san_type: URI, matcher: {prefix: \"spiffe://a/\"}},"
                    + " {san_type: DNS, matcher: {exact: a.test}}]";
    private static final List<SubjectAltNameMatch> NAMES = List.of(
            SubjectAltNameMatch.uri(new StringMatch.Prefix("spiffe://a/", false)),
            SubjectAltNameMatch.dns(new StringMatch.Exact("a.test", false)));

    @TempDir
    private Path folder;

    @Test
    void asksClientsForNothingUnlessItIsTold() {
        Bootstraps.Outcome outcome = Bootstraps.read(downstream("", CERTIFICATE));

        assertThat(outcome.told()).isEmpty();
        assertThat(tls(outcome))
                .isEqualTo(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(Path.of("/c"), Path.of("/k"))))
                        .alpn(List.of())
                        .build());
        assertThat(chain(outcome).handshakeTimeout()).isZero();
    }

    @Test
    void readsWhatAClientsCertificateMustBe() {
        Bootstraps.Outcome outcome = Bootstraps.read(
                downstream("require_client_certificate: true", CERTIFICATE + ", validation_context: {" + PEER + "}"));

        assertThat(outcome.told()).isEmpty();
        DownstreamTlsConfig tls = tls(outcome);
        assertThat(tls.requireClientCertificate()).isTrue();
        assertThat(tls.trustedCa()).contains(PemSource.of(Path.of("/ca")));
        assertThat(tls.clientNames()).isEqualTo(NAMES);
        assertThat(tls.crl()).contains(PemSource.of(Path.of("/crl")));
        assertThat(tls.crlOfLeafOnly()).isTrue();
    }

    @Test
    void readsWhatAnUpstreamsCertificateMustBe() {
        Bootstraps.Outcome outcome = Bootstraps.read(upstream("validation_context: {" + PEER + "}"));

        assertThat(outcome.told()).isEmpty();
        UpstreamTlsConfig tls = outcome.config().clusters().stream()
                .map(ClusterConfig::tls)
                .findFirst()
                .flatMap(it -> it)
                .orElseThrow();
        assertThat(tls.subjectAltNames()).isEqualTo(NAMES);
        assertThat(tls.crl()).contains(PemSource.of(Path.of("/crl")));
        assertThat(tls.crlOfLeafOnly()).isTrue();
    }

    @Test
    void addsASecretToWhatStandsBesideIt() throws IOException {
        Path secret = Files.writeString(folder.resolve("ca.yaml"), """
            resources:
            - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
              name: ca
              validation_context: {trusted_ca: {filename: /ca}, crl: {filename: /crl}}
            """);
        Bootstraps.Outcome outcome = Bootstraps.read(downstream(
                "",
                CERTIFICATE + ", combined_validation_context: {default_validation_context: {"
                        + "match_subject_alt_names: [{suffix: .a.test}]}, validation_context_sds_secret_config: "
                        + "{name: ca, sds_config: {path_config_source: {path: " + secret + "}}}}"));

        assertThat(outcome.told()).isEmpty();
        DownstreamTlsConfig tls = tls(outcome);
        assertThat(tls.trustedCa()).contains(PemSource.of(Path.of("/ca")));
        assertThat(tls.crl()).contains(PemSource.of(Path.of("/crl")));
        assertThat(tls.clientNames())
                .containsExactly(SubjectAltNameMatch.any(new StringMatch.Suffix(".a.test", false)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "match_subject_alt_names: [{exact: a}] | names of certificates without a trusted_ca (expected:"
                        + " trusted_ca as well)",
                "crl: {filename: /crl} | a crl without a trusted_ca (expected: trusted_ca as well)",
            })
    void refusesChecksOfACertificateThatNobodyHasSigned(String check, String message) {
        String context = "validation_context: {" + check + "}";

        assertThat(Bootstraps.read(downstream("", CERTIFICATE + ", " + context)).told())
                .singleElement()
                .asString()
                .endsWith(".common_tls_context.validation_context: " + message);
        assertThat(Bootstraps.read(upstream(context)).told())
                .singleElement()
                .asString()
                .endsWith(".common_tls_context.validation_context: " + message);
    }

    @Test
    void refusesThePlatformsRootsForClients() {
        List<String> told = Bootstraps.read(
                        downstream("", CERTIFICATE + ", validation_context: {system_root_certs: {}}"))
                .told();

        assertThat(told)
                .singleElement()
                .asString()
                .endsWith("system_root_certs for client certificates (expected: trusted_ca)");
    }

    @Test
    void readsHowSessionsAreResumed() {
        Bootstraps.Outcome outcome = Bootstraps.read(downstream(
                "session_timeout: 600s, disable_stateless_session_resumption: true, "
                        + "disable_stateful_session_resumption: true",
                CERTIFICATE));

        assertThat(outcome.told()).isEmpty();
        DownstreamTlsConfig tls = tls(outcome);
        assertThat(tls.sessionTimeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(tls.sessionTickets()).isFalse();
        assertThat(tls.sessionCache()).isFalse();
    }

    @Test
    void refusesASessionThatEndsAsItBegins() {
        assertThat(Bootstraps.read(downstream("session_timeout: 0.5s", CERTIFICATE))
                        .told())
                .singleElement()
                .asString()
                .endsWith(".session_timeout: PT0.5S (expected: at least 1s)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session_ticket_keys: {keys: [{filename: /stek}]}",
                "session_ticket_keys_sds_secret_config: {name: stek}"
            })
    void saysThatTicketsAreSealedWithKeysOfItsOwn(String keys) {
        assertThat(Bootstraps.read(downstream(keys, CERTIFICATE)).told())
                .singleElement()
                .asString()
                .startsWith("envoy.yaml:")
                .endsWith("has no effect: tickets are sealed with keys of this process alone");
    }

    @ParameterizedTest
    @CsvSource({"LENIENT_STAPLING,LENIENT", "STRICT_STAPLING,STRICT", "must_staple,MUST_STAPLE"})
    void readsStaples(String written, OcspPolicy policy) {
        Bootstraps.Outcome outcome = Bootstraps.read(downstream(
                "ocsp_staple_policy: " + written,
                "tls_certificates: {certificate_chain: {filename: /c}, private_key: {filename: /k}, "
                        + "ocsp_staple: {filename: /staple}}"));

        assertThat(outcome.told()).isEmpty();
        assertThat(tls(outcome).ocspPolicy()).isEqualTo(policy);
        assertThat(tls(outcome).certificates())
                .containsExactly(
                        CertificateFiles.of(Path.of("/c"), Path.of("/k")).stapled(Optional.of(Path.of("/staple"))));
    }

    @Test
    void readsHowLongAHandshakeMayTake() {
        Bootstraps.Outcome outcome = Bootstraps.read(downstream("", CERTIFICATE)
                .replace("- filters:", "- transport_socket_connect_timeout: 3s\n          filters:"));

        assertThat(outcome.told()).isEmpty();
        assertThat(chain(outcome).handshakeTimeout()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void readsTheProtocolsThatAreOffered() {
        Bootstraps.Outcome outcome = Bootstraps.read(downstream("", CERTIFICATE + ", alpn_protocols: [h2, http/1.1]"));

        assertThat(tls(outcome).alpn()).containsExactly("h2", "http/1.1");
    }

    private static String downstream(String members, String common) {
        String separator = members.isEmpty() ? "" : members + ", ";
        return Bootstraps.withHttp("route_config: {}")
                + "          transport_socket: {typed_config: {\"@type\": "
                + "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, " + separator
                + "common_tls_context: {" + common + "}}}\n";
    }

    private static String upstream(String common) {
        return Bootstraps.withCluster("transport_socket: {typed_config: {\"@type\": "
                + "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, "
                + "common_tls_context: {" + common + "}}}");
    }

    private static FilterChainConfig chain(Bootstraps.Outcome outcome) {
        return outcome.config().listeners().getFirst().filterChains().getFirst();
    }

    private static DownstreamTlsConfig tls(Bootstraps.Outcome outcome) {
        return chain(outcome).tls().orElseThrow();
    }
}
