package dev.attache.tls;

import dev.attache.core.config.PemSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A text in PEM that was read.
 *
 * @param name what stands for it in messages
 */
record PemText(String name, String text) {

    /** A bundle of all public roots has a quarter of a MiB. */
    private static final long MAX_BYTES = 16L << 20;

    /** @throws dev.attache.core.config.ConfigException when a file cannot be read */
    static PemText read(PemSource source, Field field) {
        return switch (source) {
            case PemSource.File file -> new PemText(file.toString(), read(file.path(), field));
            case PemSource.Inline inline -> new PemText(inline.toString(), inline.text());
        };
    }

    private static String read(Path file, Field field) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw field.wrong(file + ": larger than 16 MiB", "a PEM file");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException missing) {
            throw field.wrong(file + ": no such file", "a PEM file");
        } catch (IOException broken) {
            throw field.wrong(file + ": cannot be read: " + broken, "a PEM file");
        }
    }

    /** Tells no key. */
    @Override
    public String toString() {
        return name;
    }
}
