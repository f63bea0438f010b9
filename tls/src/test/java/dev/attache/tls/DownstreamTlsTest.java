package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.OcspPolicy;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.Pem;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class DownstreamTlsTest {

    @TempDir
    static Path folder;

    static Certificates ca;
    static Leaf leaf;
    static Leaf rsa;

    private final TlsEngine engine;
    private DownstreamTls tls;

    DownstreamTlsTest(TlsEngine engine) {
        this.engine = engine;
    }

    @BeforeAll
    static void certificates() {
        ca = Certificates.in(folder);
        leaf = ca.issue("svc.test");
        rsa = ca.leaf("svc.test").rsa().issue();
    }

    @BeforeEach
    void engineWorks() {
        assumeTrue(engine.orJdk() == engine, "the native library loads here");
    }

    @AfterEach
    void close() {
        if (tls != null) {
            tls.close();
        }
    }

    @Test
    void takesBothVersionsOfTls() throws Exception {
        serve(config(leaf).build());
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (Handshake made = connect(client -> client.setProtocols(new String[] {version}))) {
                assertThat(made.protocol()).isEqualTo(version);
                assertThat(made.shown()).isEqualTo(leaf.certificate());
            }
        }
    }

    @Test
    void keepsToTheConfiguredVersions() throws Exception {
        serve(config(leaf).parameters(versions("TLSv1.3", "TLSv1.3")).build());
        refuses(client -> client.setProtocols(new String[] {"TLSv1.2"}));
        serve(config(leaf).parameters(versions("TLSv1.2", "TLSv1.2")).build());
        refuses(client -> client.setProtocols(new String[] {"TLSv1.3"}));
    }

    private static TlsParameters versions(String min, String max) {
        return new TlsParameters(min, max, List.of(), List.of());
    }

    @Test
    void byDefaultTakesTheSuitesOfMozillaIntermediateAndNoOthers() throws Exception {
        serve(config(leaf, rsa).build());
        for (String suite : List.of(
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_AES_128_GCM_SHA256",
                "TLS_AES_256_GCM_SHA384",
                "TLS_CHACHA20_POLY1305_SHA256")) {
            try (Handshake made = connect(client -> client.setCipherSuites(new String[] {suite}))) {
                assertThat(made.suite()).isEqualTo(suite);
            }
        }
        for (String suite : List.of(
                "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA")) {
            refuses(client -> client.setCipherSuites(new String[] {suite}));
        }
    }

    @Test
    void prefersItsOwnOrderOfSuites() throws Exception {
        serve(config(leaf)
                .parameters(new TlsParameters(
                        "TLSv1.2",
                        "TLSv1.2",
                        List.of("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256"),
                        List.of()))
                .build());
        try (Handshake made = connect(client -> client.setCipherSuites(
                new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
                }))) {
            assertThat(made.suite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
        }
    }

    @Test
    void byDefaultTakesTheCurvesOfMozillaIntermediateAndNoOthers() throws Exception {
        serve(config(leaf).build());
        for (String curve : List.of("x25519", "secp256r1", "secp384r1")) {
            connect(client -> client.setNamedGroups(new String[] {curve})).close();
        }
        refuses(client -> client.setNamedGroups(new String[] {"secp521r1"}));
        refuses(client -> client.setNamedGroups(new String[] {"ffdhe2048"}));
    }

    @Test
    void takesTheHybridCurveWhereTheEngineHasIt() throws Exception {
        assumeTrue(engine == TlsEngine.CONSCRYPT);
        serve(config(leaf).build());
        UpstreamTlsConfig hybrid = UpstreamTlsConfig.builder()
                .trustedCa(ca.bundle())
                .parameters(new TlsParameters("TLSv1.3", "TLSv1.3", List.of(), List.of("X25519MLKEM768")))
                .build();
        try (UpstreamTls upstream = Tls.provider(engine).upstream(hybrid, "c")) {
            Handshake.of(upstream.engine("svc.test", 443, ""), tls.engine()).close();
        }
    }

    @Test
    void takesTheConfiguredCurvesAlone() throws Exception {
        serve(config(leaf)
                .parameters(new TlsParameters("TLSv1.2", "TLSv1.3", List.of(), List.of("P-521")))
                .build());
        connect(client -> client.setNamedGroups(new String[] {"secp521r1"})).close();
        refuses(client -> client.setNamedGroups(new String[] {"x25519"}));
    }

    @Test
    void choosesTheFirstOfItsProtocolsThatTheClientOffers() throws Exception {
        serve(config(leaf).alpn(List.of("h2", "http/1.1")).build());
        assertThat(alpn("http/1.1", "h2")).isEqualTo("h2");
        assertThat(alpn("acme-tls/1", "http/1.1")).isEqualTo("http/1.1");
    }

    @Test
    void goesOnWithoutAProtocolWhereNoneIsInCommon() throws Exception {
        serve(config(leaf).build());
        assertThat(alpn("spdy/3")).isEmpty();
        assertThat(alpn()).isEmpty();
        serve(config(leaf).alpn(List.of()).build());
        assertThat(alpn("h2")).isEmpty();
    }

    private String alpn(String... offered) throws Exception {
        try (Handshake made = connect(client -> client.setApplicationProtocols(offered))) {
            assertThat(made.clientAlpn()).isEqualTo(made.serverAlpn());
            return made.serverAlpn();
        }
    }

    @Test
    void choosesTheCertificateByTheServersName() throws Exception {
        Leaf exact = ca.issue("a.wild.test");
        Leaf wild = ca.issue("*.wild.test");
        serve(config(leaf, wild, exact).build());
        assertThat(shownFor("a.wild.test")).isEqualTo(exact.certificate());
        assertThat(shownFor("A.Wild.Test")).isEqualTo(exact.certificate());
        assertThat(shownFor("b.wild.test")).isEqualTo(wild.certificate());
        assertThat(shownFor("b.b.wild.test")).isEqualTo(leaf.certificate());
        assertThat(shownFor("wild.test")).isEqualTo(leaf.certificate());
        assertThat(shownFor("other.test")).isEqualTo(leaf.certificate());
    }

    @Test
    void showsTheFirstCertificateToClientsThatNameNoServer() throws Exception {
        serve(config(leaf, ca.issue("other.test")).build());
        assertThat(shownFor("")).isEqualTo(leaf.certificate());
    }

    @Test
    void takesTheCommonNameOfACertificateThatHasNoOther() throws Exception {
        Leaf common = ca.issue();
        serve(config(leaf, common).build());
        assertThat(shownFor("leaf")).isEqualTo(common.certificate());
    }

    private X509Certificate shownFor(String name) throws Exception {
        try (Handshake made = connect(client -> named(client, name))) {
            return made.shown();
        }
    }

    @Test
    void showsEcdsaBeforeRsaToClientsThatVerifyBoth() throws Exception {
        for (List<Leaf> order : List.of(List.of(rsa, leaf), List.of(leaf, rsa))) {
            serve(config(order.toArray(Leaf[]::new)).build());
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                for (String name : List.of("svc.test", "")) {
                    try (Handshake made = connect(client -> {
                        named(client, name);
                        client.setProtocols(new String[] {version});
                    })) {
                        assertThat(made.shown()).as(version).isEqualTo(leaf.certificate());
                    }
                }
            }
        }
    }

    @Test
    void showsRsaToClientsThatVerifyNothingElse() throws Exception {
        serve(config(leaf, rsa).build());
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            for (String name : List.of("svc.test", "")) {
                SSLEngine client = anyone().createSSLEngine();
                SSLParameters parameters = client.getSSLParameters();
                parameters.setProtocols(new String[] {version});
                parameters.setSignatureSchemes(
                        new String[] {"rsa_pss_rsae_sha256", "rsa_pkcs1_sha256", "rsa_pss_rsae_sha384"});
                named(parameters, name);
                client.setSSLParameters(parameters);
                try (Handshake made = Handshake.of(client, tls.engine())) {
                    assertThat(made.shown()).as(version).isEqualTo(rsa.certificate());
                }
            }
        }
        try (Handshake made =
                connect(client -> client.setCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}))) {
            assertThat(made.shown()).isEqualTo(rsa.certificate());
        }
    }

    @Test
    void theNameIsWorthMoreThanTheKindOfKey() throws Exception {
        Leaf other = ca.leaf("other.test").rsa().issue();
        serve(config(leaf, other).build());
        assertThat(shownFor("other.test")).isEqualTo(other.certificate());
        assertThat(shownFor("svc.test")).isEqualTo(leaf.certificate());
    }

    @Test
    void showsAnEd25519CertificateWithWhicheverEngineIsAble() throws Exception {
        KeyPair root = ShortLivedCertificates.keys();
        KeyPair own = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        X509Certificate issued = ShortLivedCertificates.leaf("svc.test", own.getPublic(), root);
        Path chain = Files.writeString(folder.resolve("ed25519.pem"), Pem.certificates(List.of(issued)));
        Path key = Files.writeString(
                folder.resolve("ed25519.key"),
                Pem.block("PRIVATE KEY", own.getPrivate().getEncoded()));
        serve(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(chain, key)))
                .build());
        try (Handshake made = Handshake.of(anyone().createSSLEngine(), tls.engine())) {
            assertThat(made.shown()).isEqualTo(issued);
        }
    }

    @Test
    void asksNoCertificateOfClientsWhereNothingIsTrusted() throws Exception {
        serve(config(leaf).build());
        try (Handshake made = connectAs(ca.issue("client.test"))) {
            assertThat(made.shownByClient()).isEmpty();
        }
    }

    @Test
    void verifiesClientsThatMustShowACertificate() throws Exception {
        serve(mutual().requireClientCertificate(true).build());
        Leaf good = ca.issue("client.test");
        Leaf goodRsa = ca.leaf("client.test").rsa().issue();
        for (Leaf client : List.of(good, goodRsa)) {
            try (Handshake made = connectAs(client)) {
                assertThat(made.shownByClient()).containsExactly(client.certificate());
            }
        }
        refuses(client -> {});
        refusesBadClients();
    }

    @Test
    void verifiesClientsThatShowACertificateUnasked() throws Exception {
        serve(mutual().build());
        try (Handshake made = connect(client -> {})) {
            assertThat(made.shownByClient()).isEmpty();
        }
        Leaf good = ca.issue("client.test");
        try (Handshake made = connectAs(good)) {
            assertThat(made.shownByClient()).containsExactly(good.certificate());
        }
        refusesBadClients();
    }

    private void refusesBadClients() {
        for (Leaf bad : List.of(
                ca.leaf("client.test").expired().issue(),
                ca.leaf("client.test").notYetValid().issue(),
                ca.leaf("client.test").selfSigned().issue(),
                Certificates.in(folder).issue("client.test"))) {
            refusesAs(bad);
        }
    }

    @Test
    void refusesClientsWithoutAConfiguredName() throws Exception {
        serve(mutual().requireClientCertificate(true)
                .clientNames(List.of(
                        SubjectAltNameMatch.dns(new StringMatch.Exact("client.test", false)),
                        SubjectAltNameMatch.dns(new StringMatch.Suffix(".clients.test", false)),
                        SubjectAltNameMatch.ipAddress(new StringMatch.Exact("10.0.0.1", false))))
                .build());
        connectAs(ca.issue("client.test")).close();
        connectAs(ca.issue("a.clients.test")).close();
        connectAs(ca.issue("10.0.0.1")).close();
        refusesAs(ca.issue("wrong.test"));
        refusesAs(ca.issue());
        refusesAs(ca.issue("eve@mail.clients.test"));
        refusesAs(ca.issue("https://a.clients.test"));
    }

    @Test
    void refusesRevokedClients() throws Exception {
        Certificates own = Certificates.in(folder);
        Leaf revoked = own.issue("client.test");
        own.revoke(revoked);
        serve(config(leaf)
                .trustedCa(own.bundle())
                .requireClientCertificate(true)
                .crl(own.revocationList())
                .build());
        connectAs(own.issue("client.test")).close();
        refusesAs(revoked);
    }

    @Test
    void asksForAListOfEveryIssuerUnlessToldOtherwise() throws Exception {
        Certificates root = Certificates.in(folder);
        Certificates below = root.intermediate();
        Leaf client = below.issue("client.test");
        DownstreamTlsConfig.Builder config =
                config(leaf).trustedCa(root.bundle()).requireClientCertificate(true);
        serve(config.crl(below.revocationList()).build());
        refusesAs(client);
        serve(config.crlOfLeafOnly(true).build());
        connectAs(client).close();
        serve(config.crl(root.revocationList()).build());
        refusesAs(client);
    }

    @Test
    void takesAnyCertificateWhereOneIsRequiredAndNothingTrusted() throws Exception {
        serve(config(leaf).requireClientCertificate(true).build());
        Leaf unknown = ca.leaf("client.test").selfSigned().issue();
        try (Handshake made = connectAs(unknown)) {
            assertThat(made.shownByClient()).containsExactly(unknown.certificate());
        }
        refuses(client -> {});
    }

    @Test
    void resumesSessions() throws Exception {
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            serve(config(leaf).build());
            assertThat(resumes(ca.clientContext(), version)).as(version).containsExactly(false, true, true);
        }
    }

    @Test
    void resumesSessionsOfClientsThatHaveShownACertificate() throws Exception {
        serve(mutual().requireClientCertificate(true).build());
        Leaf client = ca.issue("client.test");
        assertThat(resumes(client.serverContext(ca), "TLSv1.3")).containsExactly(false, true, true);
    }

    @Test
    void knowsTheClientOfAResumedSession() throws Exception {
        serve(mutual().requireClientCertificate(true).build());
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            Leaf client = ca.issue("client.test");
            SSLContext context = client.serverContext(ca);
            for (boolean resumed : new boolean[] {false, true}) {
                try (Handshake made = shake(context, version)) {
                    assertThat(made.resumed()).as(version).isEqualTo(resumed);
                    assertThat(made.shownByClient()).containsExactly(client.certificate());
                }
            }
        }
    }

    @Test
    void resumesByIdWithoutTickets() throws Exception {
        serve(config(leaf).sessionTickets(false).build());
        assertThat(resumes(ca.clientContext(), "TLSv1.2")).containsExactly(false, true, true);
    }

    @Test
    void givesNoTicketsWhereNoneAreWanted() throws Exception {
        assumeTrue(engine == TlsEngine.CONSCRYPT, "the JDK cannot be told");
        serve(config(leaf).sessionTickets(false).build());
        assertThat(resumes(ca.clientContext(), "TLSv1.3")).containsExactly(false, false, false);
    }

    @Test
    void endsSessionsSoonWhereNoneAreWanted() throws Exception {
        assumeTrue(engine == TlsEngine.CONSCRYPT, "the JDK cannot be told");
        serve(config(leaf).sessionTickets(false).sessionCache(false).build());
        assertThat(sessionSeconds()).isEqualTo(1);
    }

    @Test
    void sessionsHaveTheConfiguredLife() throws Exception {
        serve(config(leaf).sessionTimeout(Duration.ofSeconds(77)).build());
        assertThat(sessionSeconds()).isEqualTo(77);
    }

    private int sessionSeconds() throws Exception {
        try (Handshake made = connect(client -> {})) {
            return made.server().getSession().getSessionContext().getSessionTimeout();
        }
    }

    private List<Boolean> resumes(SSLContext context, String version) throws Exception {
        Boolean[] resumed = new Boolean[3];
        for (int i = 0; i < resumed.length; i++) {
            try (Handshake made = shake(context, version)) {
                resumed[i] = made.resumed();
            }
        }
        return Arrays.asList(resumed);
    }

    /** A client that keeps its sessions. */
    private Handshake shake(SSLContext context, String version) throws Exception {
        SSLEngine client = context.createSSLEngine("svc.test", 443);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        client.setSSLParameters(parameters);
        return Handshake.of(client, tls.engine());
    }

    @Test
    void namesWhatIsWrongInTheConfiguration() {
        assertThatThrownBy(() ->
                        serve(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(leaf.chain(), rsa.key())))
                                .build()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("listener l: tls.certificates[0].private_key: ")
                .hasMessageContaining("not the key of this certificate");
        assertThatThrownBy(() -> serve(config(leaf)
                        .clientNames(List.of(SubjectAltNameMatch.dns(new StringMatch.Exact("a", false))))
                        .build()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("subject_alt_names: no trusted_ca beside it");
        assertThatThrownBy(() -> serve(config(leaf)
                        .requireClientCertificate(true)
                        .crl(ca.revocationList())
                        .build()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("crl: no trusted_ca beside it");
        assertThatThrownBy(() -> serve(mutual().crl(leaf.chain()).build()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no revocation list in it");
    }

    @Test
    void refusesToPromiseStaplesThatItCannotShow() throws Exception {
        CertificateFiles stapled =
                CertificateFiles.of(leaf.chain(), leaf.key()).stapled(Optional.of(folder.resolve("ocsp")));
        DownstreamTlsConfig.Builder config = DownstreamTlsConfig.builder(List.of(stapled));
        for (OcspPolicy policy : List.of(OcspPolicy.STRICT, OcspPolicy.MUST_STAPLE)) {
            assertThatThrownBy(() -> serve(config.ocspPolicy(policy).build()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("can show no OCSP staple");
        }
        serve(config.ocspPolicy(OcspPolicy.LENIENT).build());
        connect(client -> {}).close();
        serve(config(leaf).ocspPolicy(OcspPolicy.STRICT).build());
        connect(client -> {}).close();
    }

    private static DownstreamTlsConfig.Builder config(Leaf... leaves) {
        return DownstreamTlsConfig.builder(Arrays.stream(leaves)
                .map(one -> CertificateFiles.of(one.chain(), one.key()))
                .toList());
    }

    private static DownstreamTlsConfig.Builder mutual() {
        return config(leaf).trustedCa(ca.bundle());
    }

    private void serve(DownstreamTlsConfig config) {
        close();
        tls = Tls.provider(engine).downstream(config, "l");
    }

    private static void named(SSLParameters client, String name) {
        client.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
    }

    /** A client that trusts the authority. */
    private Handshake connect(Consumer<SSLParameters> settings) throws Exception {
        return connect(ca.clientContext(), settings);
    }

    /** A client that shows its certificate whatever authorities it is told. */
    private Handshake connectAs(Leaf client) throws Exception {
        UpstreamTlsConfig config = UpstreamTlsConfig.builder()
                .trustedCa(ca.bundle())
                .clientCertificate(CertificateFiles.of(client.chain(), client.key()))
                .build();
        try (UpstreamTls upstream = Tls.provider(TlsEngine.JDK).upstream(config, "c")) {
            return Handshake.of(upstream.engine("svc.test", 443, ""), tls.engine());
        }
    }

    private Handshake connect(SSLContext context, Consumer<SSLParameters> settings) throws Exception {
        SSLEngine client = context.createSSLEngine();
        SSLParameters parameters = client.getSSLParameters();
        settings.accept(parameters);
        client.setSSLParameters(parameters);
        return Handshake.of(client, tls.engine());
    }

    private void refuses(Consumer<SSLParameters> settings) {
        assertThatThrownBy(() -> connect(settings)).isInstanceOf(SSLException.class);
    }

    private void refusesAs(Leaf client) {
        assertThatThrownBy(() -> connectAs(client)).isInstanceOf(SSLException.class);
    }

    /** A client that verifies nothing. */
    private static SSLContext anyone() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Gullible()}, null);
        return context;
    }

    private static final class Gullible extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
