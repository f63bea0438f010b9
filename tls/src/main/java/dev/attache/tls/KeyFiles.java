package dev.attache.tls;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.SecretFile;
import dev.attache.core.net.CertificateState;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pair for one user, followed in its files and in the secret that names them. At start a certificate that is out of
 * date is taken, with a warning, for there is none that is better; later it does not replace one.
 */
final class KeyFiles {

    private static final Logger log = LoggerFactory.getLogger(KeyFiles.class);

    private final CertificateFiles written;
    private final TlsEngine kind;
    private final Field field;
    private final Reloadable<CertifiedKey> loaded;

    /**
     * Reads the pair.
     *
     * @param kind the engine that will use the key
     */
    KeyFiles(CertificateFiles written, TlsEngine kind, Field field) {
        this.written = written;
        this.kind = kind;
        this.field = field.in(written.secret(), "tls_certificate");
        this.loaded = new Reloadable<>(
                written.secret().stream().map(SecretFile::file).toList(),
                () -> content(this::readFirst),
                () -> content(this::readValid));
    }

    private Reloadable.Content<CertifiedKey> content(Function<CertificateFiles, CertifiedKey> reader) {
        CertificateFiles now = written.current();
        List<Path> files = Stream.of(now.chain(), now.key())
                .flatMap(source -> source.file().stream())
                .toList();
        return new Reloadable.Content<>(files, () -> reader.apply(now));
    }

    private CertifiedKey readFirst(CertificateFiles files) {
        CertifiedKey key = read(files);
        try {
            key.leaf().checkValidity();
        } catch (CertificateException outOfDate) {
            log.warn("{}: {}: {}", field.path(), files.chain(), outOfDate.getMessage());
        }
        return key;
    }

    private CertifiedKey readValid(CertificateFiles files) {
        CertifiedKey key = read(files);
        try {
            key.leaf().checkValidity();
            return key;
        } catch (CertificateException outOfDate) {
            throw field.at("certificate_chain")
                    .wrong(files.chain() + ": " + outOfDate.getMessage(), "a certificate that is valid now");
        }
    }

    private CertifiedKey read(CertificateFiles files) {
        CertifiedKey key = CertifiedKey.read(files, field);
        try {
            return key.with(kind.own(key.key()));
        } catch (GeneralSecurityException unable) {
            throw field.at("private_key")
                    .wrong(files.key() + ": a key of kind " + key.type(), "a kind that the TLS engine has");
        }
    }

    Reloadable<CertifiedKey> loaded() {
        return loaded;
    }

    CertifiedKey key() {
        return loaded.value();
    }

    CertificateState state(User user) {
        CertifiedKey key = key();
        return new CertificateState(
                Origins.of(key.source(), written.secret()),
                false,
                key.chain(),
                List.of(user.toString()),
                loaded.failures(),
                loaded.error());
    }
}
