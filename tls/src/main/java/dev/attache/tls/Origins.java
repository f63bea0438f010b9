package dev.attache.tls;

import dev.attache.core.config.PemSource;
import dev.attache.core.config.SecretFile;
import java.util.Optional;

/** Names, for operators, of where certificates come from. */
final class Origins {

    private Origins() {}

    /** The file that they stand in, which is the secret's own for what is inline in one; else {@code <inline>}. */
    static String of(PemSource source, Optional<? extends SecretFile<?>> secret) {
        return source.file()
                .or(() -> secret.map(SecretFile::file))
                .map(Object::toString)
                .orElseGet(source::toString);
    }
}
