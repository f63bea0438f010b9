package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class UpstreamTlsTest {

    /** A name of each kind. */
    private static final Map<String, String> NAMES =
            Map.of("host", "a.b.test", "mail", "eve@a.b.test", "uri", "https://a.b.test", "address", "2001:db8::1");

    @TempDir
    static Path folder;

    static Certificates ca;
    static Leaf leaf;

    private final TlsEngine engine;

    /** Whether the last connection resumed a session. */
    private boolean resumed;

    UpstreamTlsTest(TlsEngine engine) {
        this.engine = engine;
    }

    @BeforeAll
    static void certificates() {
        ca = Certificates.in(folder);
        leaf = ca.issue("svc.test", "*.wild.test", "127.0.0.1");
    }

    @BeforeEach
    void engineWorks() {
        assumeTrue(engine.orJdk() == engine, "the native library loads here");
    }

    @Test
    void verifiesChainAndNameAndSendsTheEndpointsNameByDefault() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            assertThat(connect(server, trusting().build(), "svc.test").serverName())
                    .isEqualTo("svc.test");
            TlsServer.Seen seen = server.next();
            assertThat(seen.serverNames()).containsExactly("svc.test");
            assertThat(seen.protocol()).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void acceptsAnRsaCertificateBelowAnIntermediate() throws Exception {
        Leaf rsa = ca.intermediate().leaf("svc.test").rsa().issue();
        try (TlsServer server = TlsServer.with(rsa)) {
            connect(server, trusting().build(), "svc.test");
            connect(server, trusting().parameters(TlsParameters.ENVOY_CLIENT).build(), "svc.test");
        }
    }

    @Test
    void refusesAnotherHostsCertificate() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            assertThatThrownBy(() -> connect(server, trusting().build(), "other.test"))
                    .isInstanceOf(SSLException.class)
                    .hasStackTraceContaining("the certificate is not for other.test but for svc.test");
            assertThat(server.next().error()).isNotEmpty();
        }
    }

    @Test
    void refusesANameWhereTheCertificateHasTheAddressAlone() throws Exception {
        try (TlsServer server = TlsServer.with(ca.issue("127.0.0.1"))) {
            assertThatThrownBy(() -> connect(server, trusting().build(), "wrong.test"))
                    .isInstanceOf(SSLException.class);
            connect(server, trusting().build(), "127.0.0.1");
        }
    }

    @Test
    void refusesAnExpiredCertificate() throws Exception {
        refuses(ca.leaf("svc.test").expired().issue());
        refuses(ca.leaf("svc.test").notYetValid().issue());
    }

    @Test
    void refusesASelfSignedCertificate() throws Exception {
        refuses(ca.leaf("svc.test").selfSigned().issue());
    }

    @Test
    void refusesARevokedCertificate() throws Exception {
        Certificates own = Certificates.in(folder);
        Leaf revoked = own.issue("svc.test");
        own.revoke(revoked);
        UpstreamTlsConfig config = UpstreamTlsConfig.builder()
                .trustedCa(own.bundle())
                .crl(own.revocationList())
                .build();
        try (TlsServer server = TlsServer.with(own.issue("svc.test"))) {
            connect(server, config, "svc.test");
        }
        try (TlsServer server = TlsServer.with(revoked)) {
            assertThatThrownBy(() -> connect(server, config, "svc.test"))
                    .isInstanceOf(SSLException.class)
                    .hasStackTraceContaining("revoked");
        }
    }

    @Test
    void asksForAListOfEveryIssuerUnlessToldOtherwise() throws Exception {
        Certificates root = Certificates.in(folder);
        Certificates below = root.intermediate();
        UpstreamTlsConfig.Builder config =
                UpstreamTlsConfig.builder().trustedCa(root.bundle()).crl(below.revocationList());
        try (TlsServer server = TlsServer.with(below.issue("svc.test"))) {
            assertThatThrownBy(() -> connect(server, config.build(), "svc.test"))
                    .isInstanceOf(SSLException.class);
            connect(server, config.crlOfLeafOnly(true).build(), "svc.test");
        }
    }

    @Test
    void refusesTheCertificateOfAnUnknownAuthority() throws Exception {
        refuses(Certificates.in(folder).issue("svc.test"));
    }

    @Test
    void refusesAnExpiredCertificateThatStandsInTheBundleItself() throws Exception {
        Leaf old = ca.leaf("svc.test").selfSigned().expired().issue();
        try (TlsServer server = TlsServer.with(old)) {
            UpstreamTlsConfig config =
                    UpstreamTlsConfig.builder().trustedCa(old.chain()).build();
            assertThatThrownBy(() -> connect(server, config, "svc.test")).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void thePlatformsRootsDoNotKnowATestsAuthority() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            UpstreamTlsConfig config = UpstreamTlsConfig.builder().build();
            assertThatThrownBy(() -> connect(server, config, "svc.test")).isInstanceOf(SSLException.class);
        }
    }

    private void refuses(Leaf bad) throws Exception {
        try (TlsServer server = TlsServer.with(bad)) {
            // Without the check of names too: it is the chain that is refused.
            assertThatThrownBy(
                            () -> connect(server, trusting().verifyHost(false).build(), "svc.test"))
                    .isInstanceOf(SSLException.class);
            assertThat(server.next().error()).isNotEmpty();
        }
    }

    @Test
    void checksNoNameWhereItIsNotAskedTo() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            connect(server, trusting().verifyHost(false).build(), "other.test");
        }
    }

    @Test
    void verifiesNothingWithoutABundleAndWithoutThePlatformsRoots() throws Exception {
        UpstreamTlsConfig blind =
                UpstreamTlsConfig.builder().systemRoots(false).verifyHost(false).build();
        try (TlsServer server =
                TlsServer.with(ca.leaf("svc.test").selfSigned().expired().issue())) {
            connect(server, blind, "other.test");
        }
    }

    @Test
    void matchesAlternativeNames() throws Exception {
        accepts(new StringMatch.Exact("svc.test", false));
        accepts(new StringMatch.Exact("a.wild.test", false));
        accepts(new StringMatch.Exact("127.0.0.1", false));
        accepts(new StringMatch.Prefix("SVC.", true));
        accepts(new StringMatch.Suffix(".test", false));
        accepts(new StringMatch.Contains("wild", false));
        accepts(new StringMatch.Regex("svc\\.(test|example)"));
        rejects(new StringMatch.Exact("a.b.wild.test", false));
        rejects(new StringMatch.Prefix("SVC.", false));
        rejects(new StringMatch.Regex("svc"));
    }

    @ParameterizedTest
    @CsvSource({
        "mail, DNS",
        "uri, DNS",
        "address, DNS",
        "host, URI",
        "mail, URI",
        "address, URI",
        "host, EMAIL",
        "uri, EMAIL",
        "address, EMAIL",
        "host, IP_ADDRESS",
        "mail, IP_ADDRESS",
        "uri, IP_ADDRESS"
    })
    void passesNoNameOfAnotherKind(String name, SubjectAltNameMatch.Kind kind) throws Exception {
        List<StringMatch> every = List.of(
                new StringMatch.Exact(NAMES.get(name), true),
                new StringMatch.Contains("", false),
                new StringMatch.Suffix(NAMES.get(name).substring(3), false),
                new StringMatch.Regex(".*"));
        for (StringMatch match : every) {
            SubjectAltNameMatch wrong = new SubjectAltNameMatch(kind, match);
            UpstreamTlsConfig config =
                    trusting().verifyHost(false).subjectAltNames(List.of(wrong)).build();
            try (TlsServer server = TlsServer.with(ca.issue(NAMES.get(name)))) {
                assertThatThrownBy(() -> connect(server, config, "svc.test"))
                        .isInstanceOf(SSLException.class)
                        .hasStackTraceContaining("no name of the certificate matches [" + kind);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"host, DNS", "mail, EMAIL", "uri, URI", "address, IP_ADDRESS"})
    void passesANameOfItsKind(String name, SubjectAltNameMatch.Kind kind) throws Exception {
        StringMatch match = new StringMatch.Exact(NAMES.get(name), false);
        UpstreamTlsConfig config = trusting()
                .verifyHost(false)
                .subjectAltNames(List.of(new SubjectAltNameMatch(kind, match)))
                .build();
        try (TlsServer server = TlsServer.with(ca.issue(NAMES.get(name)))) {
            connect(server, config, "other.test");
        }
    }

    private void accepts(StringMatch match) throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            StringMatch other = new StringMatch.Exact("nobody.test", false);
            connect(server, matching(List.of(other, match)), "10.9.8.7");
        }
    }

    private void rejects(StringMatch match) throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            assertThatThrownBy(() -> connect(server, matching(List.of(match)), "svc.test"))
                    .isInstanceOf(SSLException.class)
                    .hasStackTraceContaining("no name of the certificate matches");
        }
    }

    private UpstreamTlsConfig matching(List<StringMatch> matches) {
        return trusting()
                .verifyHost(false)
                .subjectAltNames(matches.stream().map(SubjectAltNameMatch::any).toList())
                .build();
    }

    @Test
    void sendsTheConfiguredServerNameAndVerifiesIt() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            UpstreamTlsConfig config = trusting().sni("svc.test").build();
            assertThat(connect(server, config, "10.9.8.7").serverName()).isEqualTo("svc.test");
            UpstreamTlsConfig wrong = trusting().sni("other.test").build();
            assertThatThrownBy(() -> connect(server, wrong, "svc.test")).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void sendsTheAuthorityWithoutItsPort() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            UpstreamTlsConfig config = trusting().autoSni(true).build();
            ClientHello hello = connect(server, config, "10.9.8.7", "a.wild.test:8443");
            assertThat(hello.serverName()).isEqualTo("a.wild.test");
        }
    }

    @Test
    void sendsNoServerNameWhereNoneIsConfigured() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            UpstreamTlsConfig config =
                    trusting().sniFromEndpoint(false).verifyHost(false).build();
            assertThat(connect(server, config, "svc.test").namesServer()).isFalse();
            assertThat(connect(server, trusting().sniFromEndpoint(false).build(), "svc.test")
                            .namesServer())
                    .isFalse();
            assertThat(server.next().serverNames()).isEmpty();
        }
    }

    @Test
    void sendsNoLiteralAddressAsServerName() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            assertThat(connect(server, trusting().build(), "127.0.0.1").namesServer())
                    .isFalse();
        }
    }

    @Test
    void sendsNamesOfOneLabelAndNamesWithUnderscores() throws Exception {
        UpstreamTls tls = provider(trusting().build());
        for (String name : List.of("backend", "my_app.test", "localhost", "a.b-c.d1.test")) {
            assertThat(hello(tls, name).serverName()).isEqualTo(name);
        }
        assertThat(hello(tls, "svc.cluster.local.").serverName()).isEqualTo("svc.cluster.local");
        for (String none : List.of("/run/app.sock", "a..b", "caf\u00e9.test", "a b.test", "")) {
            assertThat(hello(tls, none).namesServer()).as(none).isFalse();
        }
    }

    @Test
    void verifiesNamesWithUnderscores() throws Exception {
        assumeTrue(TlsEngine.CONSCRYPT.orJdk() == TlsEngine.CONSCRYPT, "the JDK's server refuses such names");
        DownstreamTlsConfig config =
                DownstreamTlsConfig.builder(List.of(serverPair("my_app.test"))).build();
        try (DownstreamTls server = Tls.provider(TlsEngine.CONSCRYPT).downstream(config, "l")) {
            UpstreamTls tls = provider(trusting().build());
            Handshake.of(tls.engine("my_app.test", 443, ""), server.engine()).close();
        }
    }

    private static CertificateFiles serverPair(String name) {
        Leaf issued = ca.issue(name);
        return CertificateFiles.of(issued.chain(), issued.key());
    }

    /** What an engine begins with. */
    private static ClientHello hello(UpstreamTls tls, String endpoint) throws Exception {
        SSLEngine engine = tls.engine(endpoint, 443, "");
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), out);
        engine.closeOutbound();
        return ClientHello.parse(Arrays.copyOf(out.array(), out.position()));
    }

    @Test
    void resumesSessionsWithoutSendingAServerName() throws Exception {
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            UpstreamTls tls = provider(trusting()
                    .sniFromEndpoint(false)
                    .verifyHost(false)
                    .parameters(new TlsParameters(version, version, List.of(), List.of()))
                    .build());
            try (TlsServer server = TlsServer.with(leaf)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(connect(server, tls, "10.9.8." + i, "").namesServer())
                            .isFalse();
                    assertThat(resumed).as(version + ", connection " + i).isEqualTo(i > 0);
                    TlsServer.Seen seen = server.next();
                    assertThat(seen.serverNames()).isEmpty();
                    assertThat(seen.protocol()).isEqualTo(version);
                }
            }
        }
    }

    @Test
    void doesNotResumeTheSessionOfAnotherName() throws Exception {
        UpstreamTls tls = provider(trusting().maxSessionKeys(10).build());
        try (TlsServer server = TlsServer.with(ca.issue("a.test", "b.test"))) {
            assertThat(resumes(server, tls, "a.test")).isFalse();
            assertThat(resumes(server, tls, "b.test")).isFalse();
            assertThat(resumes(server, tls, "a.test")).isTrue();
            assertThatThrownBy(() -> connect(server, tls, "c.test", "")).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void keepsNoMoreSessionsThanAsked() throws Exception {
        UpstreamTls one = provider(trusting().maxSessionKeys(1).build());
        UpstreamTls none = provider(trusting().maxSessionKeys(0).build());
        try (TlsServer server = TlsServer.with(ca.issue("a.test", "b.test"))) {
            assertThat(resumes(server, one, "a.test")).isFalse();
            assertThat(resumes(server, one, "b.test")).isFalse();
            assertThat(resumes(server, one, "a.test")).isFalse();
            assertThat(resumes(server, one, "a.test")).isTrue();
            assertThat(resumes(server, none, "a.test")).isFalse();
            assertThat(resumes(server, none, "a.test")).isFalse();
        }
    }

    private boolean resumes(TlsServer server, UpstreamTls tls, String endpoint) throws Exception {
        connect(server, tls, endpoint, "");
        return resumed;
    }

    @Test
    void verifiesNamesOfAFinishedHandshakeToo() throws Exception {
        UpstreamTls lenient = provider(trusting().verifyHost(false).build());
        UpstreamTls strict = provider(trusting().build());
        try (TlsServer server = TlsServer.with(leaf);
                TlsClient client = TlsClient.connect(lenient.engine("other.test", 1, ""), server.port())) {
            lenient.verify(client.engine(), "other.test", "");
            strict.verify(client.engine(), "svc.test", "");
            assertThatThrownBy(() -> strict.verify(client.engine(), "other.test", ""))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void showsTheClientCertificateWhateverIssuersTheServerLists() throws Exception {
        Leaf own = ca.leaf("client.test").issue();
        UpstreamTlsConfig config = trusting()
                .clientCertificate(CertificateFiles.of(own.chain(), own.key()))
                .build();
        try (TlsServer server = TlsServer.askingClients(leaf, ca)) {
            connect(server, config, "svc.test");
            assertThat(server.next().clientCertificates()).containsExactly(own.certificate());
        }
        Leaf rsa = ca.intermediate().leaf("client.test").rsa().issue();
        UpstreamTlsConfig withRsa = trusting()
                .parameters(TlsParameters.ENVOY_CLIENT)
                .clientCertificate(CertificateFiles.of(rsa.chain(), rsa.key()))
                .build();
        try (TlsServer server = TlsServer.askingClients(leaf, ca)) {
            connect(server, withRsa, "svc.test");
            assertThat(server.next().clientCertificates()).containsExactlyElementsOf(rsa.path());
        }
    }

    @Test
    void keepsToTheVersionsAndOffersTheProtocols() throws Exception {
        UpstreamTlsConfig old =
                trusting().parameters(TlsParameters.ENVOY_CLIENT).build();
        UpstreamTlsConfig alpn = trusting().alpn(List.of("http/1.1")).build();
        try (TlsServer server = TlsServer.with(
                leaf, parameters -> parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"}))) {
            ClientHello hello = connect(server, old, "svc.test");
            assertThat(hello.extensions()).doesNotContainKey(ClientHello.ALPN);
            assertThat(server.next().protocol()).isEqualTo("TLSv1.2");
            connect(server, alpn, "svc.test");
            assertThat(server.next().alpn()).isEqualTo("http/1.1");
        }
        try (TlsServer server = TlsServer.with(leaf, parameters -> parameters.setProtocols(new String[] {"TLSv1.3"}))) {
            assertThatThrownBy(() -> connect(server, old, "svc.test")).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void offersTheSixForwardSecretSuitesByDefault() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            ClientHello hello = connect(
                    server, trusting().parameters(TlsParameters.ENVOY_CLIENT).build(), "svc.test");
            assertThat(hello.suites())
                    .filteredOn(UpstreamTlsTest::isOld)
                    .containsExactlyInAnyOrder(0xc02b, 0xcca9, 0xc02f, 0xcca8, 0xc02c, 0xc030);
        }
    }

    /** Not of TLS 1.3, which Conscrypt lists always, nor a signal (RFC 5746, RFC 8701). */
    private static boolean isOld(int suite) {
        return suite >> 8 != 0x13 && suite != 0x00ff && (suite & 0x0f0f) != 0x0a0a;
    }

    @Test
    void offersExactlyTheSuitesOfAColonJoinedList() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            String list = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
            ClientHello hello = connect(server, suites(list), "svc.test");
            assertThat(hello.suites()).filteredOn(UpstreamTlsTest::isOld).containsExactly(0xc02c, 0xc030);
            assertThat(server.next().suite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        }
    }

    @Test
    void readsGroupsOfEqualSuites() throws Exception {
        try (TlsServer server = TlsServer.with(leaf)) {
            String list = "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]";
            ClientHello hello = connect(server, suites(list), "svc.test");
            assertThat(hello.suites()).filteredOn(UpstreamTlsTest::isOld).containsExactlyInAnyOrder(0xc02b, 0xcca9);
        }
    }

    private UpstreamTlsConfig suites(String... list) {
        return trusting()
                .parameters(new TlsParameters("TLSv1.2", "TLSv1.2", List.of(list), List.of()))
                .build();
    }

    @Test
    void offersTheConfiguredCurves() throws Exception {
        UpstreamTlsConfig config = trusting()
                .parameters(new TlsParameters("TLSv1.2", "TLSv1.3", List.of(), List.of("P-384", "P-256")))
                .build();
        try (TlsServer server = TlsServer.with(leaf)) {
            ClientHello hello = connect(server, config, "svc.test");
            assertThat(hello.groups())
                    .filteredOn(group -> (group & 0x0f0f) != 0x0a0a)
                    .containsExactly(24, 23);
        }
    }

    @Test
    void namesWhatIsWrongInTheConfiguration() {
        assertThatThrownBy(() -> provider(suites("ECDHE-ECDSA-AES256-GCM-SHA383")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "cluster c: tls.cipher_suites: ECDHE-ECDSA-AES256-GCM-SHA383 (expected: a cipher suite up to"
                                + " TLS 1.2 by its OpenSSL name); did you mean ECDHE-ECDSA-AES256-GCM-SHA384?");
        assertThatThrownBy(() -> provider(suites("[ECDHE-RSA-AES128-GCM-SHA256")))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> provider(suites("ECDHE-PSK-CHACHA20-POLY1305")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a suite that the TLS engine has");
        assertThatThrownBy(() -> provider(versions("TLSv1.3", "TLSv1.2", "X25519")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tls_minimum_protocol_version: TLSv1.3 (expected: at most");
        assertThatThrownBy(() -> provider(versions("TLSv1.0", "TLSv1.2", "X25519")))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> provider(versions("TLSv1.2", "TLSv1.2", "P-265")))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("did you mean P-256?");
        assertThatThrownBy(() -> provider(UpstreamTlsConfig.builder()
                        .systemRoots(false)
                        .subjectAltNames(List.of(SubjectAltNameMatch.dns(new StringMatch.Exact("a", false))))
                        .build()))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> provider(matching(List.of(new StringMatch.Regex("(")))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("subject_alt_names[0]: Regex[regex=(]: not an RE2 expression");
    }

    private UpstreamTlsConfig versions(String min, String max, String curve) {
        return trusting()
                .parameters(new TlsParameters(min, max, List.of(), List.of(curve)))
                .build();
    }

    @Test
    void leavesTheJvmsProvidersAlone() throws Exception {
        List<String> before =
                List.of(Security.getProviders()).toString().lines().toList();
        try (TlsServer server = TlsServer.with(leaf)) {
            connect(server, trusting().build(), "svc.test");
        }
        assertThat(List.of(Security.getProviders()).toString().lines().toList()).isEqualTo(before);
        assertThat(Security.getProvider("Conscrypt")).isNull();
    }

    private UpstreamTlsConfig.Builder trusting() {
        return UpstreamTlsConfig.builder().trustedCa(ca.bundle());
    }

    private UpstreamTls provider(UpstreamTlsConfig config) {
        return Tls.provider(engine).upstream(config, "c");
    }

    private ClientHello connect(TlsServer server, UpstreamTlsConfig config, String endpoint) throws Exception {
        return connect(server, config, endpoint, "");
    }

    private ClientHello connect(TlsServer server, UpstreamTlsConfig config, String endpoint, String authority)
            throws Exception {
        return connect(server, provider(config), endpoint, authority);
    }

    /** One connection that carries a byte to and fro. */
    private ClientHello connect(TlsServer server, UpstreamTls tls, String endpoint, String authority) throws Exception {
        try (TlsClient client = TlsClient.connect(tls.engine(endpoint, server.port(), authority), server.port())) {
            tls.verify(client.engine(), endpoint, authority);
            client.echo();
            resumed = client.resumed();
            return ClientHello.parse(client.clientHello());
        }
    }
}
