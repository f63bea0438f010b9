package dev.attache.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file's state, by which a change of it is seen: it was written, another file was renamed into its place, or a
 * symbolic link on the way to it (such as {@code ..data} of a Kubernetes volume) now leads elsewhere.
 *
 * @param key tells a file from another one in the same place, where the file system is able to
 */
record FileVersion(
        Path path, FileTime modified, long size, @Nullable Object key) {

    /** Empty where there is no such file now, or none that may be read. */
    static Optional<FileVersion> of(Path file) {
        try {
            Path path = file.toRealPath();
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(new FileVersion(path, now.lastModifiedTime(), now.size(), now.fileKey()));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
