package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.config.files.ConfigFiles;
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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Secrets in files of their own, which come to say something else. */
@ParameterizedClass
@EnumSource
class SecretRotationTest {

    private static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";

    @TempDir
    Path folder;

    private final TlsEngine engine;

    /** Looks at its files when it is told to, and not by itself. */
    private final TlsContexts provider;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private int good;
    private int bad;
    private Certificates ca;
    private Path web;
    private Path peers;

    SecretRotationTest(TlsEngine engine) {
        this.engine = engine;
        this.provider = new TlsContexts(engine, Duration.ofDays(1));
    }

    @BeforeEach
    void files() throws Exception {
        assumeTrue(engine.orJdk() == engine, "the native library loads here");
        ca = Certificates.in(folder);
        web = folder.resolve("web.yaml");
        peers = folder.resolve("peers.yaml");
        provider.onReload(new TlsProvider.ReloadListener() {
            @Override
            public void listenerReloaded(String listener, boolean succeeded) {
                count(succeeded);
            }

            @Override
            public void clusterReloaded(String cluster, boolean succeeded) {
                count(succeeded);
            }
        });
    }

    private void count(boolean succeeded) {
        if (succeeded) {
            good++;
        } else {
            bad++;
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void takesUpOtherFilesAndTextsThatTheSecretNames() throws Exception {
        Leaf first = ca.issue("svc.test");
        DownstreamTls tls = serve(named(first));
        assertThat(shown(tls)).isEqualTo(first.certificate());
        List<String> ways = List.of(named(ca.issue("svc.test")), inline(first), inline(ca.issue("svc.test")));
        int times = 0;
        for (String way : ways) {
            X509Certificate before = shown(tls);

            Files.writeString(web, way);
            look();

            assertThat(shown(tls)).isNotEqualTo(before);
            assertThat(good).isEqualTo(++times);
        }
        assertThat(bad).isZero();
        look();
        assertThat(good).as("nothing has changed since").isEqualTo(times);
    }

    @Test
    void followsTheFilesThatAreNamedNowAndNoOthers() throws Exception {
        Leaf first = ca.issue("svc.test");
        Leaf second = ca.issue("svc.test");
        Leaf third = ca.issue("svc.test");
        DownstreamTls tls = serve(named(first));
        Files.writeString(web, named(second));
        look();

        Files.delete(first.chain());
        look();
        assertThat(shown(tls)).isEqualTo(second.certificate());
        assertThat(bad).isZero();

        Files.copy(third.chain(), second.chain(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(third.key(), second.key(), StandardCopyOption.REPLACE_EXISTING);
        look();
        assertThat(shown(tls)).isEqualTo(third.certificate());
    }

    @Test
    void takesUpASecretThatWasRenamedIntoPlace() throws Exception {
        DownstreamTls tls = serve(inline(ca.issue("svc.test")));
        Leaf next = ca.issue("svc.test");

        Files.move(
                Files.writeString(folder.resolve("web.yaml.tmp"), inline(next)), web, StandardCopyOption.ATOMIC_MOVE);
        look();

        assertThat(shown(tls)).isEqualTo(next.certificate());
    }

    @Test
    void followsTheLinksOfAKubernetesVolume() throws Exception {
        Leaf first = ca.issue("svc.test");
        Leaf next = ca.issue("svc.test");
        Path data = folder.resolve("..data");
        Files.createSymbolicLink(data, version("..1", first).getFileName());
        Files.createSymbolicLink(web, Path.of("..data", "web.yaml"));
        DownstreamTls tls = serve();
        assertThat(shown(tls)).isEqualTo(first.certificate());

        Path swapped = folder.resolve("..data_tmp");
        Files.createSymbolicLink(swapped, version("..2", next).getFileName());
        Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE);
        look();

        assertThat(shown(tls)).isEqualTo(next.certificate());
    }

    private Path version(String name, Leaf leaf) throws Exception {
        Path version = Files.createDirectory(folder.resolve(name));
        Files.writeString(version.resolve("web.yaml"), inline(leaf));
        return version;
    }

    @Test
    void keepsThePairWhereTheSecretIsBroken() throws Exception {
        Leaf other = ca.issue("svc.test");
        String folded = inline(other).replace("inline_string: |", "inline_string: >");
        List<Broken> ways = List.of(
                () -> Files.writeString(web, "resources: ["),
                () -> Files.writeString(web, "resources: []"),
                () -> Files.writeString(web, folded),
                () -> Files.writeString(web, inline(other).replace("private_key", "private_kee")),
                () -> Files.writeString(
                        web, named(other.chain(), ca.issue("svc.test").key())),
                () -> Files.writeString(web, named(other.chain(), folder.resolve("none.key"))),
                () -> Files.writeString(
                        web, inline(ca.leaf("svc.test").expired().issue())),
                () -> Files.delete(web));
        for (Broken way : ways) {
            Leaf kept = ca.issue("svc.test");
            DownstreamTls tls = serve(inline(kept));
            bad = 0;

            way.write();
            look();
            look();

            assertThat(shown(tls)).isEqualTo(kept.certificate());
            assertThat(bad).as("counted once").isEqualTo(1);
            CertificateState state = provider.certificates().getFirst();
            assertThat(state.source()).isEqualTo(web.toString());
            assertThat(state.certificates()).containsExactly(kept.certificate());
            assertThat(state.failures()).isEqualTo(1);
            assertThat(state.lastError())
                    .contains(web.toString())
                    .doesNotContain(keyText(other).lines().skip(1).findFirst().orElseThrow());

            Leaf next = ca.issue("svc.test");
            Files.writeString(web, inline(next));
            look();

            assertThat(shown(tls)).isEqualTo(next.certificate());
            assertThat(provider.certificates().getFirst().lastError()).isEmpty();
            close();
            opened.clear();
        }
    }

    private interface Broken {
        void write() throws Exception;
    }

    @Test
    void takesUpFilesThatComeAfterTheSecretHasNamedThem() throws Exception {
        Leaf first = ca.issue("svc.test");
        Leaf next = ca.issue("svc.test");
        Path late = folder.resolve("late.key");
        DownstreamTls tls = serve(named(first));
        Files.writeString(web, named(next.chain(), late));
        look();
        assertThat(shown(tls)).isEqualTo(first.certificate());
        assertThat(bad).isEqualTo(1);

        Files.copy(next.key(), late);
        look();

        assertThat(shown(tls)).isEqualTo(next.certificate());
    }

    @Test
    void usesWhatTheSecretSaysAtTheStartAndNotWhatWasReadBefore() throws Exception {
        Files.writeString(web, inline(ca.issue("svc.test")));
        DownstreamTlsConfig config = listener(read());
        Leaf next = ca.issue("svc.test");
        Files.writeString(web, inline(next));

        DownstreamTls tls = provider.downstream(config, "l");
        opened.add(tls);

        assertThat(shown(tls)).isEqualTo(next.certificate());
    }

    @Test
    void takesUpOtherAuthoritiesAndListsOfClients() throws Exception {
        Certificates others = Certificates.in(Files.createDirectory(folder.resolve("others")));
        Files.writeString(web, inline(ca.issue("svc.test")));
        Files.writeString(peers, validation("trusted_ca", others.bundle()));
        DownstreamTls tls = serve();
        Leaf leaf = ca.issue("client.test");
        SSLContext client = leaf.serverContext(ca);
        assertThatThrownBy(() -> shown(client, tls)).isInstanceOf(SSLException.class);

        Files.writeString(peers, validation("trusted_ca", ca.bundle()));
        look();
        assertThat(shown(client, tls)).isNotNull();

        ca.revoke(leaf);
        Files.writeString(
                peers, validation("trusted_ca", ca.bundle()) + indented("crl", ca.revocationList(), "        "));
        look();
        assertThatThrownBy(() -> shown(client, tls)).isInstanceOf(SSLException.class);
        assertThat(good).isEqualTo(2);
    }

    @Test
    void aSecretThatIsEmptiedLetsNobodyIn() throws Exception {
        Files.writeString(web, inline(ca.issue("svc.test")));
        Files.writeString(peers, validation("trusted_ca", ca.bundle()));
        DownstreamTls tls = serve();
        SSLContext stranger = Certificates.in(Files.createDirectory(folder.resolve("strangers")))
                .issue("client.test")
                .serverContext(ca);
        for (String empty : List.of("{}", "{system_root_certs: {}}")) {
            bad = 0;
            Files.writeString(peers, secret("peers", "validation_context: " + empty + "\n"));
            look();

            assertThat(bad).isEqualTo(1);
            assertThatThrownBy(() -> shown(stranger, tls)).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void clustersFollowTheirSecretsToo() throws Exception {
        Certificates servers = Certificates.in(Files.createDirectory(folder.resolve("servers")));
        Files.writeString(web, inline(ca.issue("client.test")));
        Files.writeString(peers, validation("trusted_ca", ca.bundle()));
        UpstreamTls upstream = provider.upstream(cluster(read()), "c");
        opened.add(upstream);
        SSLContext server = servers.issue("svc.test").serverContext(ca);
        assertThatThrownBy(() -> clientShownTo(server, upstream)).isInstanceOf(SSLException.class);

        Leaf next = ca.issue("client.test");
        Files.writeString(web, inline(next));
        Files.writeString(
                peers,
                validation("trusted_ca", servers.bundle()) + "        match_subject_alt_names: [{exact: svc.test}]\n");
        look();
        assertThat(clientShownTo(server, upstream)).containsExactly(next.certificate());

        Files.writeString(
                peers,
                validation("trusted_ca", servers.bundle()) + "        match_subject_alt_names: [{exact: else.test}]\n");
        look();
        assertThatThrownBy(() -> clientShownTo(server, upstream)).isInstanceOf(SSLException.class);
    }

    private static List<X509Certificate> clientShownTo(SSLContext context, UpstreamTls upstream) throws Exception {
        SSLEngine server = context.createSSLEngine();
        server.setUseClientMode(false);
        server.setNeedClientAuth(true);
        try (Handshake made = Handshake.of(upstream.engine("svc.test", 443, ""), server)) {
            return made.shownByClient();
        }
    }

    /** The first look finds a change, the second that it is over. */
    private void look() {
        provider.look();
        provider.look();
    }

    private DownstreamTls serve(String secret) throws Exception {
        Files.writeString(web, secret);
        return serve();
    }

    private DownstreamTls serve() throws Exception {
        DownstreamTls tls = provider.downstream(listener(read()), "l");
        opened.add(tls);
        return tls;
    }

    /** A bootstrap whose TLS is in secrets alone. */
    private ProxyConfig read() throws Exception {
        String clients = !Files.exists(peers) ? "" : """
            , validation_context_sds_secret_config: {name: peers, sds_config: {path_config_source: {path: %s}}}\
            """.formatted(peers);
        String tls = """
            common_tls_context: {tls_certificate_sds_secret_configs: {name: web, sds_config: {path_config_source: \
            {path: %s, watched_directory: {path: %s}}}}%s}\
            """.formatted(web, folder, clients);
        return ConfigFiles.read(
                Files.writeString(folder.resolve("envoy.yaml"), """
                    static_resources:
                      listeners:
                      - address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                        filter_chains:
                        - filters:
                          - typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                              stat_prefix: test
                              route_config: {}
                              http_filters: [{name: envoy.filters.http.router}]
                          transport_socket: {typed_config: {"@type": %1$sDownstreamTlsContext, require_client_certificate: %3$s, %2$s}}
                      clusters:
                      - name: c
                        load_assignment:
                          endpoints: {lb_endpoints: {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}}
                        transport_socket: {typed_config: {"@type": %1$sUpstreamTlsContext, %2$s}}
                    """.formatted(TYPE, tls, Files.exists(peers))));
    }

    private static DownstreamTlsConfig listener(ProxyConfig config) {
        return config.listeners().getFirst().filterChains().getFirst().tls().orElseThrow();
    }

    private static UpstreamTlsConfig cluster(ProxyConfig config) {
        return config.clusters().getFirst().tls().orElseThrow();
    }

    private static String secret(String name, String member) {
        return "resources:\n  - \"@type\": " + TYPE + "Secret\n    name: " + name + "\n    " + member;
    }

    private static String named(Leaf leaf) {
        return named(leaf.chain(), leaf.key());
    }

    private static String named(Path chain, Path key) {
        return secret(
                "web",
                "tls_certificate: {certificate_chain: {filename: " + chain + "}, private_key: {filename: " + key
                        + "}}\n");
    }

    private static String inline(Leaf leaf) throws Exception {
        return secret("web", "tls_certificate:\n")
                + indented("certificate_chain", leaf.chain(), "      ")
                + indented("private_key", leaf.key(), "      ");
    }

    private static String validation(String member, Path file) throws Exception {
        return secret("peers", "validation_context:\n") + indented(member, file, "        ");
    }

    private static String indented(String member, Path file, String indent) throws Exception {
        return indent + member + ":\n" + indent + "  inline_string: |\n"
                + Files.readString(file).indent(indent.length() + 4);
    }

    private static String keyText(Leaf leaf) throws Exception {
        return Files.readString(leaf.key());
    }

    private X509Certificate shown(DownstreamTls tls) throws Exception {
        return shown(ca.clientContext(), tls);
    }

    private static X509Certificate shown(SSLContext client, DownstreamTls tls) throws Exception {
        try (Handshake made = Handshake.of(client.createSSLEngine("svc.test", 443), tls.engine())) {
            return made.shown();
        }
    }
}
