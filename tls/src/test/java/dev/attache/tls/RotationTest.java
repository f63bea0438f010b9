package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.net.CertificateState;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class RotationTest {

    @TempDir
    Path folder;

    private final TlsEngine engine;
    /** Looks at its files when it is told to, and not by itself. */
    private final TlsContexts provider;

    private final Counts counts = new Counts();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Certificates ca;
    private Path chain;
    private Path key;

    RotationTest(TlsEngine engine) {
        this.engine = engine;
        this.provider = new TlsContexts(engine, Duration.ofDays(1));
    }

    @BeforeEach
    void files() throws Exception {
        assumeTrue(engine.orJdk() == engine, "the native library loads here");
        ca = Certificates.in(Files.createDirectory(folder.resolve("ca")));
        chain = folder.resolve("tls.crt");
        key = folder.resolve("tls.key");
        write(ca.issue("svc.test"));
        provider.onReload(counts);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void showsAPairThatWasWrittenInPlace() throws Exception {
        DownstreamTls tls = serve(config().build());
        Leaf next = ca.issue("svc.test");

        write(next);
        look();

        assertThat(shown(tls)).isEqualTo(next.certificate());
        assertThat(counts.good).isEqualTo(1);
    }

    @Test
    void showsAPairThatWasRenamedIntoPlace() throws Exception {
        DownstreamTls tls = serve(config().build());
        Leaf next = ca.issue("svc.test");

        Files.move(next.key(), key, StandardCopyOption.ATOMIC_MOVE);
        Files.move(next.chain(), chain, StandardCopyOption.ATOMIC_MOVE);
        look();

        assertThat(shown(tls)).isEqualTo(next.certificate());
    }

    @Test
    void followsTheLinksOfAKubernetesVolume() throws Exception {
        Leaf first = ca.issue("svc.test");
        Leaf next = ca.issue("svc.test");
        Path volume = Files.createDirectory(folder.resolve("volume"));
        Path data = volume.resolve("..data");
        Files.createSymbolicLink(data, version(volume, "..1", first).getFileName());
        Files.createSymbolicLink(volume.resolve("tls.crt"), Path.of("..data", "tls.crt"));
        Files.createSymbolicLink(volume.resolve("tls.key"), Path.of("..data", "tls.key"));
        DownstreamTls tls = serve(DownstreamTlsConfig.builder(
                        List.of(CertificateFiles.of(volume.resolve("tls.crt"), volume.resolve("tls.key"))))
                .build());
        assertThat(shown(tls)).isEqualTo(first.certificate());

        Path swapped = volume.resolve("..data_tmp");
        Files.createSymbolicLink(swapped, version(volume, "..2", next).getFileName());
        Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE);
        look();

        assertThat(shown(tls)).isEqualTo(next.certificate());
    }

    private static Path version(Path volume, String name, Leaf leaf) throws Exception {
        Path version = Files.createDirectory(volume.resolve(name));
        Files.copy(leaf.chain(), version.resolve("tls.crt"));
        Files.copy(leaf.key(), version.resolve("tls.key"));
        return version;
    }

    @Test
    void keepsThePairWhereTheNextIsBroken() throws Exception {
        X509Certificate kept = ca.issue("svc.test").certificate();
        Leaf other = ca.issue("svc.test");
        List<Broken> ways = List.of(
                () -> Files.writeString(chain, "-----BEGIN CERTIFICATE-----\nMIIB"),
                () -> Files.writeString(chain, ""),
                () -> Files.delete(chain),
                () -> Files.copy(other.chain(), chain, StandardCopyOption.REPLACE_EXISTING),
                () -> Files.copy(other.key(), key, StandardCopyOption.REPLACE_EXISTING),
                () -> Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
                () -> write(ca.leaf("svc.test").expired().issue()),
                () -> write(ca.leaf("svc.test").notYetValid().issue()));
        for (Broken way : ways) {
            Leaf good = ca.issue("svc.test");
            write(good);
            kept = good.certificate();
            Counts own = new Counts();
            DownstreamTls tls = serve(config().build());
            provider.onReload(own);

            way.write();
            look();
            look();

            assertThat(shown(tls)).isEqualTo(kept);
            assertThat(own.bad).as("counted once").isEqualTo(1);
            CertificateState state = state(chain);
            assertThat(state.failures()).isEqualTo(1);
            assertThat(state.lastError()).startsWith("listener l: tls.certificates[0]");
            assertThat(state.certificates()).containsExactly(kept);

            Leaf next = ca.issue("svc.test");
            write(next);
            look();

            assertThat(shown(tls)).isEqualTo(next.certificate());
            assertThat(state(chain).lastError()).isEmpty();
            close();
            opened.clear();
        }
    }

    private interface Broken {
        void write() throws Exception;
    }

    @Test
    void waitsForThePairToBeComplete() throws Exception {
        DownstreamTls tls = serve(config().build());
        Leaf next = ca.issue("svc.test");

        Files.copy(next.chain(), chain, StandardCopyOption.REPLACE_EXISTING);
        provider.look();
        Files.copy(next.key(), key, StandardCopyOption.REPLACE_EXISTING);
        provider.look();
        provider.look();

        assertThat(shown(tls)).isEqualTo(next.certificate());
        assertThat(counts.bad).isZero();
    }

    @Test
    void connectionsThatAreOpenGoOn() throws Exception {
        DownstreamTls tls = serve(config().build());
        try (Handshake open = Handshake.of(client(ca.clientContext()), tls.engine())) {
            write(ca.issue("svc.test"));
            look();
            open.exchange();
        }
    }

    @Test
    void sessionsOutliveTheirCertificate() throws Exception {
        assumeTrue(engine == TlsEngine.CONSCRYPT, "the JDK asks for the certificate that a session began with");
        DownstreamTls tls = serve(config().build());
        SSLContext client = ca.clientContext();
        assertThat(resumes(client, tls)).isFalse();

        write(ca.issue("svc.test"));
        look();

        assertThat(resumes(client, tls)).isTrue();
    }

    @Test
    void sessionsOutliveTheCertificatesOfOthers() throws Exception {
        Leaf own = ca.issue("svc.test");
        DownstreamTls tls = serve(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(own.chain(), own.key())))
                .build());
        serve(config().build());
        SSLContext client = ca.clientContext();
        assertThat(resumes(client, tls)).isFalse();

        write(ca.issue("svc.test"));
        look();

        assertThat(counts.good).isEqualTo(1);
        assertThat(resumes(client, tls)).isTrue();
    }

    @Test
    void sessionsDoNotOutliveTheTrustInThem() throws Exception {
        Path bundle = folder.resolve("clients.pem");
        Files.copy(ca.bundle(), bundle);
        DownstreamTls tls =
                serve(config().trustedCa(bundle).requireClientCertificate(true).build());
        SSLContext client = ca.issue("client.test").serverContext(ca);
        assertThat(resumes(client, tls)).isFalse();
        assertThat(resumes(client, tls)).isTrue();

        Files.copy(Certificates.in(folder).bundle(), bundle, StandardCopyOption.REPLACE_EXISTING);
        look();

        assertThatThrownBy(() -> resumes(client, tls)).isInstanceOf(SSLException.class);
    }

    @Test
    void revokesClientsWhileItServes() throws Exception {
        Path lists = folder.resolve("crl.pem");
        Files.copy(ca.revocationList(), lists);
        Leaf client = ca.issue("client.test");
        DownstreamTls tls = serve(config().trustedCa(ca.bundle())
                .requireClientCertificate(true)
                .crl(lists)
                .build());
        SSLContext context = client.serverContext(ca);
        assertThat(resumes(context, tls)).isFalse();

        ca.revoke(client);
        Files.copy(ca.revocationList(), lists, StandardCopyOption.REPLACE_EXISTING);
        look();

        assertThatThrownBy(() -> resumes(context, tls)).isInstanceOf(SSLException.class);
    }

    @Test
    void clustersFollowTheirFilesToo() throws Exception {
        Certificates servers = Certificates.in(Files.createDirectory(folder.resolve("servers")));
        Path bundle = folder.resolve("servers.pem");
        Files.copy(Certificates.in(folder).bundle(), bundle);
        UpstreamTls upstream = provider.upstream(
                UpstreamTlsConfig.builder()
                        .trustedCa(bundle)
                        .clientCertificate(CertificateFiles.of(chain, key))
                        .build(),
                "c");
        opened.add(upstream);
        SSLContext server = servers.issue("svc.test").serverContext(ca);
        assertThatThrownBy(() -> clientShownTo(server, upstream)).isInstanceOf(SSLException.class);

        Files.copy(servers.bundle(), bundle, StandardCopyOption.REPLACE_EXISTING);
        Leaf next = ca.issue("client.test");
        write(next);
        look();

        assertThat(clientShownTo(server, upstream)).containsExactly(next.certificate());
        assertThat(counts.clusters).isEqualTo(2);
    }

    private static List<X509Certificate> clientShownTo(SSLContext context, UpstreamTls upstream) throws Exception {
        SSLEngine server = context.createSSLEngine();
        server.setUseClientMode(false);
        server.setNeedClientAuth(true);
        try (Handshake made = Handshake.of(upstream.engine("svc.test", 443, ""), server)) {
            return made.shownByClient();
        }
    }

    @Test
    void tellsOnceWhatSeveralUse() throws Exception {
        serve(config().trustedCa(ca.bundle()).build());
        opened.add(provider.upstream(
                UpstreamTlsConfig.builder().trustedCa(ca.bundle()).build(), "c"));

        assertThat(provider.certificates()).hasSize(2);
        CertificateState authority = state(ca.bundle());
        assertThat(authority.trusted()).isTrue();
        assertThat(authority.users()).containsExactly("cluster c", "listener l");
        assertThat(authority.certificates()).containsExactly(ca.certificate());
        assertThat(state(chain).trusted()).isFalse();
        assertThat(state(chain).users()).containsExactly("listener l");
        assertThat(provider.toString()).doesNotContain("PRIVATE");

        close();
        assertThat(provider.certificates()).isEmpty();
    }

    @Test
    void keepsNoDescriptorsOfRotations() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(descriptors), "this is Linux");
        DownstreamTls tls = serve(config().trustedCa(ca.bundle()).build());
        shown(tls);
        long before = count(descriptors);
        for (int i = 0; i < 20; i++) {
            Leaf next = ca.issue("svc.test");
            write(next);
            look();
            assertThat(shown(tls)).isEqualTo(next.certificate());
        }
        assertThat(count(descriptors)).isLessThanOrEqualTo(before + 2);
    }

    private static long count(Path directory) throws Exception {
        try (var entries = Files.list(directory)) {
            return entries.count();
        }
    }

    @Test
    void seesChangesWithoutBeingAsked() throws Exception {
        TlsContexts alert = new TlsContexts(engine);
        alert.onReload(counts);
        DownstreamTls tls = alert.downstream(config().build(), "l");
        opened.add(tls);
        X509Certificate before = shown(tls);

        write(ca.issue("svc.test"));

        assertThat(counts.first.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(counts.good).isEqualTo(1);
        assertThat(alert.certificates().getFirst().certificates()).doesNotContain(before);
    }

    private static final class Counts implements TlsProvider.ReloadListener {
        private volatile int good;
        private volatile int bad;
        private volatile int clusters;
        private final CountDownLatch first = new CountDownLatch(1);

        @Override
        public synchronized void listenerReloaded(String listener, boolean succeeded) {
            assertThat(listener).isEqualTo("l");
            if (succeeded) {
                good++;
            } else {
                bad++;
            }
            first.countDown();
        }

        @Override
        public synchronized void clusterReloaded(String cluster, boolean succeeded) {
            assertThat(cluster).isEqualTo("c");
            clusters++;
        }
    }

    /** The first look finds a change, the second that it is over. */
    private void look() {
        provider.look();
        provider.look();
    }

    private DownstreamTlsConfig.Builder config() {
        return DownstreamTlsConfig.builder(List.of(CertificateFiles.of(chain, key)));
    }

    private DownstreamTls serve(DownstreamTlsConfig config) {
        DownstreamTls tls = provider.downstream(config, "l");
        opened.add(tls);
        return tls;
    }

    private void write(Leaf leaf) throws Exception {
        Files.copy(leaf.chain(), chain, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(leaf.key(), key, StandardCopyOption.REPLACE_EXISTING);
    }

    private CertificateState state(Path file) {
        return provider.certificates().stream()
                .filter(state -> state.source().equals(file.toString()))
                .findFirst()
                .orElseThrow();
    }

    private X509Certificate shown(DownstreamTls tls) throws Exception {
        try (Handshake made = Handshake.of(client(ca.clientContext()), tls.engine())) {
            return made.shown();
        }
    }

    private static boolean resumes(SSLContext context, DownstreamTls tls) throws Exception {
        try (Handshake made = Handshake.of(client(context), tls.engine())) {
            return made.resumed();
        }
    }

    private static SSLEngine client(SSLContext context) {
        return context.createSSLEngine("svc.test", 443);
    }
}
