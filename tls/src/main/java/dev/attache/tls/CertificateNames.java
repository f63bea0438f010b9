package dev.attache.tls;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The names that a certificate carries, and whether a wanted one is among them.
 *
 * <p>Only subject alternative names count, never the common name. A literal address must be an IP name; any other name
 * must equal a DNS name without regard to case, where {@code *} as the whole leftmost label stands for exactly one
 * label, and two labels at least must follow it.
 *
 * @param dns     DNS names
 * @param ip      addresses
 * @param uris    URIs
 * @param mails   mail addresses
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9525#section-6">RFC 9525, 6</a>
 */
record CertificateNames(List<String> dns, List<InetAddress> ip, List<String> uris, List<String> mails) {

    private static final int MAIL = 1;
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int ADDRESS = 7;

    /** The names of a certificate; none where they are malformed. */
    static CertificateNames of(X509Certificate certificate) {
        List<String> dns = new ArrayList<>();
        List<InetAddress> ip = new ArrayList<>();
        List<String> uris = new ArrayList<>();
        List<String> mails = new ArrayList<>();
        for (List<?> entry : alternativeNames(certificate)) {
            if (!(entry.get(0) instanceof Integer type) || !(entry.get(1) instanceof String name)) {
                continue;
            }
            switch (type) {
                case DNS -> dns.add(name);
                case URI -> uris.add(name);
                case MAIL -> mails.add(name);
                case ADDRESS -> {
                    InetAddress address = address(name);
                    if (address != null) {
                        ip.add(address);
                    }
                }
                default -> {}
            }
        }
        return new CertificateNames(dns, ip, uris, mails);
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
    }

    /** Whether the certificate is one of the host with this name or literal address. */
    boolean carry(String host) {
        InetAddress address = address(host);
        if (address != null) {
            return ip.contains(address);
        }
        return dns.stream().anyMatch(pattern -> matches(pattern, host));
    }

    /** Whether a DNS name of a certificate, perhaps with a wildcard, stands for {@code host}. */
    static boolean matches(String pattern, String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (!pattern.startsWith("*.")) {
            return !pattern.isEmpty() && pattern.equalsIgnoreCase(name);
        }
        String parent = pattern.substring(1);
        int dot = name.indexOf('.');
        return dot > 0
                && parent.indexOf('.', 1) > 0
                && parent.indexOf('*') < 0
                && name.substring(dot).equalsIgnoreCase(parent);
    }

    /** The address that a text is the literal of, or null for a name. Looks nothing up. */
    static @Nullable InetAddress address(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        String literal = bracketed ? text.substring(1, text.length() - 1) : text;
        if (literal.isEmpty()
                || (literal.indexOf(':') < 0 && !Character.isDigit(literal.charAt(literal.length() - 1)))) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException name) {
            return null;
        }
    }

    @Override
    public String toString() {
        List<String> all = new ArrayList<>(dns);
        ip.forEach(address -> all.add(address.getHostAddress()));
        all.addAll(uris);
        all.addAll(mails);
        return all.isEmpty() ? "no names" : String.join(", ", all).toLowerCase(Locale.ROOT);
    }
}
