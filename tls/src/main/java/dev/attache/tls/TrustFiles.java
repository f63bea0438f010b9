package dev.attache.tls;

import dev.attache.core.config.UpstreamTlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
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
 * Reads a bundle of authorities once for all clusters that name it, and anew after it has changed: a bundle of all public
 * roots takes longer to read, and more memory, than all the rest of a cluster. Safe for use by all threads.
 */
final class TrustFiles {

    /** A file's state; the key tells a file that was renamed into place from the one before. */
    private record Version(
            FileTime modified, long size, @Nullable Object key) {}

    /** What was read, and from which state of the file. */
    private record Known(Version version, TrustAnchors anchors) {}

    /** What the JVM trusts, as it was seen last. */
    private record Platform(List<X509Certificate> roots, TrustAnchors anchors) {}

    private final Map<Path, Known> files = new HashMap<>();
    private @Nullable Platform platform;

    /** The bundle that is named, else the JVM's own roots if they are asked for, else nothing: do not verify. */
    synchronized Optional<TrustAnchors> anchors(UpstreamTlsConfig config, Field field) {
        if (config.trustedCa().isPresent()) {
            return Optional.of(file(config.trustedCa().get(), field.at("trusted_ca")));
        }
        return config.systemRoots() ? Optional.of(platform(field.at("trusted_ca"))) : Optional.empty();
    }

    private TrustAnchors file(Path file, Field field) {
        Optional<Version> version = version(file);
        Known known = files.get(file);
        if (known != null && version.isPresent() && known.version().equals(version.get())) {
            return known.anchors();
        }
        TrustAnchors read = TrustAnchors.of(PemFiles.certificates(file, field));
        version.ifPresent(now -> files.put(file, new Known(now, read)));
        return read;
    }

    /** Taken before the file is read, so that a change in between is seen the next time; empty is for the reader to tell. */
    private static Optional<Version> version(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Version(now.lastModifiedTime(), now.size(), now.fileKey()));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
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
