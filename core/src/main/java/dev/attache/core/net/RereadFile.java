package dev.attache.core.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A small text file, read again when it has changed. A file that is absent or unreadable has no lines. */
final class RereadFile<T> {

    /** Larger files are not read: nobody keeps so many hosts, and it is held in memory. */
    private static final long MAX_BYTES = 16 << 20;

    private final Path path;
    private final Function<List<String>, T> parser;
    private volatile @Nullable Content<T> content;

    /** What was read, and from which state of the file. */
    private record Content<T>(Version version, T value) {}

    /** A file's state; the key tells a file that was renamed into place from the one before. */
    private record Version(
            @Nullable FileTime time, long size, @Nullable Object key) {
        static final Version ABSENT = new Version(null, 0, null);
    }

    RereadFile(Path path, Function<List<String>, T> parser) {
        this.path = path;
        this.parser = parser;
    }

    /** What the file says now. */
    T value() {
        Version version = version();
        Content<T> known = content;
        if (known == null || !known.version().equals(version)) {
            known = new Content<>(version, parser.apply(lines(version)));
            content = known;
        }
        return known.value();
    }

    private Version version() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return Version.ABSENT;
        }
    }

    private List<String> lines(Version version) {
        if (version.size() > MAX_BYTES) {
            return List.of();
        }
        try {
            // Latin-1: a stray byte in a comment must not make the file unreadable.
            return Files.readAllLines(path, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }
}
