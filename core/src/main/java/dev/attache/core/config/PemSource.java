package dev.attache.core.config;

import java.nio.file.Path;
import java.util.Optional;

/** Where certificates, a key or revocation lists stand, as PEM: in a file, or in the configuration itself. */
public sealed interface PemSource {

    /** A file, which is followed when it changes. */
    record File(Path path) implements PemSource {
        @Override
        public Optional<Path> file() {
            return Optional.of(path);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A text, which may hold a key: whatever shows a configuration must not show it. */
    record Inline(String text) implements PemSource {
        @Override
        public Optional<Path> file() {
            return Optional.empty();
        }

        /** Envoy's word for it, and never the text. */
        @Override
        public String toString() {
            return "<inline>";
        }
    }

    /** The file; empty for a text. */
    Optional<Path> file();

    static PemSource of(Path file) {
        return new File(file);
    }

    static PemSource inline(String text) {
        return new Inline(text);
    }
}
