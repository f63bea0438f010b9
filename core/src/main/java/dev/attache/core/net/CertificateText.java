package dev.attache.core.net;

import dev.attache.core.http.TlsFacts;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;

/**
 * What certificates say, as texts for headers and logs, written as OpenSSL and so Envoy write them. All of it is visible
 * US-ASCII, whatever is in a certificate.
 */
public final class CertificateText {

    /** A kind of subject alternative name. */
    public enum NameType {
        EMAIL(1),
        DNS(2),
        URI(6),
        IP(7);

        private final int tag;

        NameType(int tag) {
            this.tag = tag;
        }
    }

    // RFC 2253 itself has no words for these, and Java would write their values in hexadecimal digits.
    private static final Map<String, String> MORE_KEYWORDS = Map.of(
            "1.2.840.113549.1.9.1", "emailAddress",
            "2.5.4.4", "SN",
            "2.5.4.5", "serialNumber",
            "2.5.4.12", "title",
            "2.5.4.42", "GN");

    private static final int PEM_LINE = 64;

    private CertificateText() {}

    /** The chain that the peer has shown, its own certificate first; empty where it has shown none. */
    public static List<X509Certificate> peer(TlsFacts tls) {
        try {
            return x509(List.of(tls.session().getPeerCertificates()));
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    /** The chain that this side has shown, its own certificate first; empty where it has shown none. */
    public static List<X509Certificate> local(TlsFacts tls) {
        return x509(tls.shown());
    }

    private static List<X509Certificate> x509(List<Certificate> certificates) {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate certificate : certificates) {
            if (certificate instanceof X509Certificate x509) {
                chain.add(x509);
            }
        }
        return chain;
    }

    /** The subject by RFC 2253. */
    public static String subject(X509Certificate certificate) {
        return distinguished(certificate.getSubjectX500Principal());
    }

    /** The issuer by RFC 2253. */
    public static String issuer(X509Certificate certificate) {
        return distinguished(certificate.getIssuerX500Principal());
    }

    private static String distinguished(X500Principal name) {
        String text = name.getName(X500Principal.RFC2253, MORE_KEYWORDS);
        if (isVisible(text)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7F) {
                escaped.append((char) b);
            } else {
                escaped.append('\\').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return escaped.toString();
    }

    /** The subject alternative names of one type; those that no text should hold are left out. */
    public static List<String> names(X509Certificate certificate, NameType type) {
        List<String> names = new ArrayList<>();
        for (List<?> entry : alternativeNames(certificate)) {
            if (entry.get(0) instanceof Integer tag
                    && tag == type.tag
                    && entry.get(1) instanceof String name
                    && isVisible(name)) {
                names.add(name);
            }
        }
        return names;
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** The serial number in hexadecimal digits. */
    public static String serial(X509Certificate certificate) {
        String digits = certificate.getSerialNumber().toString(16);
        return digits.length() % 2 == 0 ? digits : '0' + digits;
    }

    /** The SHA-256 of a certificate in hexadecimal digits. */
    public static String sha256(X509Certificate certificate) {
        return digest("SHA-256", certificate);
    }

    /** The SHA-1 of a certificate in hexadecimal digits. */
    public static String sha1(X509Certificate certificate) {
        return digest("SHA-1", certificate);
    }

    private static String digest(String algorithm, X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(encoded(certificate)));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing); // Every Java has it.
        }
    }

    /** Certificates as PEM, such that it can stand in a header: percent-encoded. */
    public static String urlEncodedPem(List<X509Certificate> chain) {
        Base64.Encoder lines = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'});
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : chain) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(lines.encodeToString(encoded(certificate)))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return pem.toString()
                .replace("\n", "%0A")
                .replace(" ", "%20")
                .replace("+", "%2B")
                .replace("/", "%2F")
                .replace("=", "%3D");
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException broken) {
            throw new IllegalStateException(broken); // It came encoded.
        }
    }
}
