package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
