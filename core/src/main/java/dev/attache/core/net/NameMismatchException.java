package dev.attache.core.net;

import java.io.Serial;
import java.security.cert.CertificateException;

/** The certificate of a peer is good, but carries none of the names that are asked for. */
public final class NameMismatchException extends CertificateException {

    @Serial
    private static final long serialVersionUID = 1L;

    public NameMismatchException(String message) {
        super(message);
    }
}
