package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapTest {

    @Test
    void isAFileThatAttacheReadsWithAsManyClustersAsAsked(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("envoy.yaml"), Bootstrap.text(6101, 9243, 3));
        ProxyConfig config = ConfigFiles.read(file);
        assertThat(config.clusters()).extracting("name").containsExactly("c0", "c1", "c2");
        assertThat(config.listeners().getFirst().address()).isEqualTo(new Address.Socket("127.0.0.1", 6101));
    }

    @Test
    void hasTheCertificateOfAllProxiesWhereTlsIsSpokenAndOnlyThere(@TempDir Path folder) throws Exception {
        assertThat(tls(folder, Front.HTTP)).isEmpty();
        assertThat(tls(folder, Front.H2C)).isEmpty();
        assumeThat(Certificate.missing()).isEmpty();
        Certificate certificate = Certificate.in(folder);
        certificate.make();
        assertThat(tls(folder, Front.TLS))
                .hasValueSatisfying(tls -> assertThat(tls.certificates())
                        .containsExactly(CertificateFiles.of(certificate.chain(), certificate.key())));
    }

    private static Optional<DownstreamTlsConfig> tls(Path folder, Front front) throws Exception {
        Peer.Site site = new Peer.Site(folder, 6101, front, 9243, List.of(), Certificate.in(folder));
        Path file = Files.writeString(folder.resolve("envoy.yaml"), Bootstrap.text(site, 1));
        return ConfigFiles.read(file)
                .listeners()
                .getFirst()
                .filterChains()
                .getFirst()
                .tls();
    }
}
