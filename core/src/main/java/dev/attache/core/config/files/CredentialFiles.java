package dev.attache.core.config.files;

import dev.attache.core.config.PemSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is in certificates, keys, revocation lists and staples, as far as a check needs it. What is told of them repeats
 * nothing of a key.
 */
final class CredentialFiles {

    private static final long MAX_BYTES = 16 * 1024 * 1024;
    private static final int DER_SEQUENCE = 0x30;
    private static final Pattern CERTIFICATE = Pattern.compile(
            "-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]*+)-----END (?:X509 |TRUSTED )?CERTIFICATE-----");
    private static final Pattern REVOCATIONS =
            Pattern.compile("-----BEGIN X509 CRL-----([^-]*+)-----END X509 CRL-----");
    private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----");
    private static final Pattern ENCRYPTED = Pattern.compile(
            "-----BEGIN (?:ENCRYPTED PRIVATE KEY-----|[A-Z0-9 ]+PRIVATE KEY-----\\s+Proc-Type:[^\\n]*ENCRYPTED)");
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ");
    private static final Pattern END = Pattern.compile("-----END ");
    private static final Pattern JOINED = Pattern.compile("-----BEGIN [A-Z0-9 ]++-----[ \\t]*+\\S");
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*+)-----END PRIVATE KEY-----");

    private CredentialFiles() {}

    /**
     * Certificates.
     *
     * @param wrong what is wrong with them; empty where nothing is
     * @param first the certificate that all others stand behind
     */
    record Certificates(String wrong, Optional<X509Certificate> first) {}

    /**
     * A private key.
     *
     * @param wrong what is wrong with it; empty where nothing is
     * @param pkcs8 the key, where it is written in that form
     */
    record Key(String wrong, Optional<byte[]> pkcs8) {}

    static Certificates certificates(PemSource source) {
        try {
            Matcher block = CERTIFICATE.matcher(pem(source));
            Optional<X509Certificate> first = Optional.empty();
            int count = 0;
            while (block.find()) {
                count++;
                try {
                    X509Certificate certificate =
                            (X509Certificate) factory().generateCertificate(new ByteArrayInputStream(der(block)));
                    first = first.or(() -> Optional.of(certificate));
                } catch (CertificateException | IllegalArgumentException damaged) {
                    String wrong = "certificate " + count + " is damaged: " + damaged.getMessage();
                    return new Certificates(wrong, Optional.empty());
                }
            }
            return new Certificates(count == 0 ? "holds no certificate" : "", first);
        } catch (IOException failed) {
            return new Certificates(why(failed), Optional.empty());
        }
    }

    static Key key(PemSource source) {
        try {
            String text = pem(source);
            Matcher begin = KEY.matcher(text);
            if (!begin.find()) {
                return new Key("holds no private key", Optional.empty());
            }
            if (ENCRYPTED.matcher(text).region(begin.start(), text.length()).lookingAt()) {
                return new Key("the key is encrypted", Optional.empty());
            }
            Matcher block = PKCS8.matcher(text);
            return new Key("", block.find() ? Optional.of(der(block)) : Optional.empty());
        } catch (IllegalArgumentException _) {
            return new Key("is damaged", Optional.empty());
        } catch (IOException failed) {
            return new Key(why(failed), Optional.empty());
        }
    }

    /** What is wrong with revocation lists; empty where nothing is. */
    static String wrongRevocations(PemSource source) {
        try {
            Matcher block = REVOCATIONS.matcher(pem(source));
            int count = 0;
            while (block.find()) {
                count++;
                try {
                    factory().generateCRL(new ByteArrayInputStream(der(block)));
                } catch (GeneralSecurityException | IllegalArgumentException damaged) {
                    return "revocation list " + count + " is damaged: " + damaged.getMessage();
                }
            }
            return count == 0 ? "holds no revocation list" : "";
        } catch (IOException failed) {
            return why(failed);
        }
    }

    /** What is wrong with the file of an OCSP response; empty where nothing is. */
    static String wrongStaple(Path file) {
        try {
            String text = text(file);
            return text.isEmpty() || text.charAt(0) != DER_SEQUENCE ? "holds no OCSP response" : "";
        } catch (IOException failed) {
            return why(failed);
        }
    }

    private static byte[] der(Matcher block) {
        return Base64.getMimeDecoder().decode(block.group(1));
    }

    private static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException missing) {
            throw new IllegalStateException("every Java platform knows X.509", missing);
        }
    }

    private static String pem(PemSource source) throws IOException {
        String text = switch (source) {
            case PemSource.File file -> text(file.path());
            case PemSource.Inline inline -> inline.text();
        };
        if (JOINED.matcher(text).find()) {
            throw new IOException("has lost its line breaks");
        }
        if (BEGIN.matcher(text).results().count() > END.matcher(text).results().count()) {
            throw new IOException("is cut off");
        }
        return text;
    }

    private static String text(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("is a directory");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("is larger than 16 MiB");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static String why(IOException failed) {
        return switch (failed) {
            case NoSuchFileException _ -> "does not exist";
            case AccessDeniedException _ -> "may not be read";
            default -> String.valueOf(failed.getMessage());
        };
    }
}
