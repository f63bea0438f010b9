package dev.attache.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.StringMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class RecordTreeTest {

    @Test
    void redactsWhatASecretHeaderIsSetToOrComparedWith() {
        Object tree = RecordTree.of(List.of(
                new HeaderAddition("Authorization", "Basic hunter2"),
                new HeaderMatch(
                        "authorization",
                        new HeaderMatch.Value(new StringMatch.Exact("hunter2", false)),
                        false,
                        false)));

        assertThat(Json.write(tree)).contains("authorization", "[redacted]").doesNotContain("hunter2");
    }

    @Test
    void redactsWhatMayBeAKeyAndNamesFiles() {
        Object tree =
                RecordTree.of(CertificateFiles.of(PemSource.of(Path.of("/etc/tls.crt")), PemSource.inline("hunter2")));

        assertThat(tree)
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("chain", "/etc/tls.crt")
                .containsEntry("key", "[redacted]");
    }

    @Test
    void writesDurationsInSeconds() {
        assertThat(RecordTree.of(Duration.ofMillis(1500))).isEqualTo("1.5s");
        assertThat(RecordTree.of(Duration.ofSeconds(10))).isEqualTo("10s");
    }
}
