package dev.attache.tls;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.net.CertificateState;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pair of files for one user. At start a certificate that is out of date is taken, with a warning, for there is none
 * that is better; later it does not replace one.
 */
final class KeyFiles {

    private static final Logger log = LoggerFactory.getLogger(KeyFiles.class);

    private final CertificateFiles files;
    private final TlsEngine kind;
    private final Field field;
    private final Reloadable<CertifiedKey> loaded;

    /**
     * Reads the pair.
     *
     * @param kind the engine that will use the key
     */
    KeyFiles(CertificateFiles files, TlsEngine kind, Field field) {
        this.files = files;
        this.kind = kind;
        this.field = field;
        this.loaded = new Reloadable<>(List.of(files.chain(), files.key()), this::readFirst, this::readValid);
    }

    private CertifiedKey readFirst() {
        CertifiedKey key = read();
        try {
            key.leaf().checkValidity();
        } catch (CertificateException outOfDate) {
            log.warn("{}: {}: {}", field.path(), files.chain(), outOfDate.getMessage());
        }
        return key;
    }

    private CertifiedKey readValid() {
        CertifiedKey key = read();
        try {
            key.leaf().checkValidity();
            return key;
        } catch (CertificateException outOfDate) {
            throw field.at("certificate_chain")
                    .wrong(files.chain() + ": " + outOfDate.getMessage(), "a certificate that is valid now");
        }
    }

    private CertifiedKey read() {
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
        return new CertificateState(
                files.chain(), false, key().chain(), List.of(user.toString()), loaded.failures(), loaded.error());
    }
}
