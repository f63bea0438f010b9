package dev.attache.tls;

import dev.attache.core.config.PemSource;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bundle of authorities once for all clusters that name it, or hold the same text, and anew after it has changed:
 * a bundle of all public roots takes longer to read, and more memory, than all the rest of a cluster. Safe for use by all
 * threads.
 */
final class TrustFiles {

    /** What was read, and from which state of the file. */
    private record Known(FileVersion version, TrustAnchors anchors) {}

    /** What the JVM trusts, as it was seen last. */
    private record Platform(List<X509Certificate> roots, TrustAnchors anchors) {}

    private final Map<Path, Known> files = new HashMap<>();

    /** As long as somebody uses them: a text that was replaced does not come back. */
    private final Map<PemSource.Inline, WeakReference<TrustAnchors>> texts = new HashMap<>();

    private @Nullable Platform platform;

    /** The bundle that is named, else the JVM's own roots if they are asked for, else nothing: do not verify. */
    synchronized Optional<TrustAnchors> anchors(Optional<PemSource> bundle, boolean systemRoots, Field field) {
        if (bundle.isPresent()) {
            return Optional.of(read(bundle.get(), field.at("trusted_ca")));
        }
        return systemRoots ? Optional.of(platform(field.at("trusted_ca"))) : Optional.empty();
    }

    private TrustAnchors read(PemSource bundle, Field field) {
        return switch (bundle) {
            case PemSource.File file -> file(file, field);
            case PemSource.Inline inline -> text(inline, field);
        };
    }

    private TrustAnchors file(PemSource.File file, Field field) {
        // Taken before the file is read, so that a change in between is seen the next time.
        Optional<FileVersion> version = FileVersion.of(file.path());
        Known known = files.get(file.path());
        if (known != null && version.isPresent() && known.version().equals(version.get())) {
            return known.anchors();
        }
        TrustAnchors read = TrustAnchors.of(PemBlocks.certificates(PemText.read(file, field), field));
        version.ifPresent(now -> files.put(file.path(), new Known(now, read)));
        return read;
    }

    private TrustAnchors text(PemSource.Inline inline, Field field) {
        WeakReference<TrustAnchors> reference = texts.get(inline);
        TrustAnchors known = reference == null ? null : reference.get();
        if (known == null) {
            texts.values().removeIf(each -> each.get() == null);
            known = TrustAnchors.of(PemBlocks.certificates(PemText.read(inline, field), field));
            texts.put(inline, new WeakReference<>(known));
        }
        return known;
    }

    private TrustAnchors platform(Field field) {
        List<X509Certificate> roots = platformRoots();
        if (roots.isEmpty()) {
            throw field.wrong("nothing, and the JVM has no roots of its own", "a PEM bundle");
        }
        Platform known = platform;
        if (known == null || !known.roots().equals(roots)) {
            known = new Platform(roots, TrustAnchors.of(roots));
            platform = known;
        }
        return known.anchors();
    }

    /** What the JDK trusts: its cacerts file, or what {@code javax.net.ssl.trustStore} names. */
    private static List<X509Certificate> platformRoots() {
        try {
            TrustManagerFactory factory = TlsEngine.JDK.newTrustManagerFactory();
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager known) {
                    return Arrays.asList(known.getAcceptedIssuers());
                }
            }
            return List.of();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
