package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.PemSource;
import dev.attache.core.fixtures.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustFilesTest {

    private static final Field FIELD = new Field("tls");

    @TempDir
    private Path folder;

    private final TrustFiles files = new TrustFiles();
    private Path bundle;

    @BeforeEach
    void bundle() throws Exception {
        bundle = Files.copy(newBundle("first"), folder.resolve("bundle.pem"));
    }

    @Test
    void sharesWhatVerifiesByTheSameBundle() throws Exception {
        TrustAnchors one = trusting(bundle);
        TrustAnchors other = trusting(bundle);

        assertThat(other).isSameAs(one);
        assertThat(other.verifiers(TlsEngine.JDK)).isSameAs(one.verifiers(TlsEngine.JDK));
    }

    @Test
    void sharesWhatVerifiesByTheSameText() throws Exception {
        String text = Files.readString(bundle);

        assertThat(trusting(PemSource.inline(text))).isSameAs(trusting(PemSource.inline(text + "")));
        assertThat(trusting(PemSource.inline(text + "\n"))).isNotSameAs(trusting(PemSource.inline(text)));
    }

    @Test
    void sharesThePlatformsRoots() {
        Optional<TrustAnchors> roots = files.anchors(Optional.empty(), true, FIELD);

        assertThat(roots).isPresent().isEqualTo(files.anchors(Optional.empty(), true, FIELD));
    }

    @Test
    void readsABundleAnewThatWasReplaced() throws Exception {
        TrustAnchors before = trusting(bundle);

        Files.move(newBundle("second"), bundle, StandardCopyOption.REPLACE_EXISTING);

        assertThat(trusting(bundle)).isNotSameAs(before);
    }

    @Test
    void refusesABundleThatHasGone() throws Exception {
        trusting(bundle);

        Files.delete(bundle);

        assertThatThrownBy(() -> trusting(bundle))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tls.trusted_ca")
                .hasMessageContaining("no such file");
    }

    private TrustAnchors trusting(Path file) {
        return trusting(PemSource.of(file));
    }

    private TrustAnchors trusting(PemSource source) {
        return files.anchors(Optional.of(source), true, FIELD).orElseThrow();
    }

    private Path newBundle(String name) throws Exception {
        return Certificates.in(Files.createDirectory(folder.resolve(name))).bundle();
    }
}
