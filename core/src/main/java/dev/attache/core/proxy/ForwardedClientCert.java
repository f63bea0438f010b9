package dev.attache.core.proxy;

import dev.attache.core.config.ClientCertHeader;
import dev.attache.core.http.TlsFacts;
import dev.attache.core.net.CertificateText;
import dev.attache.core.net.CertificateText.NameType;
import java.security.cert.X509Certificate;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The header x-forwarded-client-cert, by which the upstream knows the certificate that the client has shown. Immutable.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert">Envoy
 *     x-forwarded-client-cert</a>
 */
final class ForwardedClientCert {

    private static final String NAME = "x-forwarded-client-cert";

    private final ClientCertHeader config;
    private final String nameInSession;

    ForwardedClientCert(ClientCertHeader config) {
        this.config = config;
        // A session may outlive its listener's configuration.
        this.nameInSession = "attache." + config;
    }

    /** Removes, sets or adds to the header; {@code tls} is null for a connection in plain text. */
    void apply(HttpFields.Mutable headers, @Nullable TlsFacts tls) {
        switch (config.mode()) {
            case ALWAYS_FORWARD_ONLY -> {}
            case SANITIZE -> remove(headers);
            case FORWARD_ONLY -> {
                if (element(tls).isEmpty()) {
                    remove(headers);
                }
            }
            case SANITIZE_SET -> {
                remove(headers);
                add(headers, "", element(tls));
            }
            case APPEND_FORWARD -> {
                String element = element(tls);
                String before = element.isEmpty() ? "" : joined(headers);
                remove(headers);
                add(headers, before, element);
            }
        }
    }

    private static void remove(HttpFields.Mutable headers) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.getField(i).is(NAME)) {
                headers.remove(NAME);
                return;
            }
        }
    }

    private static String joined(HttpFields headers) {
        return String.join(",", headers.getValuesList(NAME));
    }

    private static void add(HttpFields.Mutable headers, String before, String element) {
        if (!element.isEmpty()) {
            headers.add(new HttpField((HttpHeader) null, NAME, before.isEmpty() ? element : before + ',' + element));
        }
    }

    /** What this proxy has to say; empty where the client has shown no certificate. */
    private String element(@Nullable TlsFacts tls) {
        return tls == null ? "" : tls.once(nameInSession, this::facts);
    }

    private String facts(TlsFacts tls) {
        List<X509Certificate> peer = CertificateText.peer(tls);
        if (peer.isEmpty()) {
            return "";
        }
        X509Certificate own = peer.getFirst();
        StringBuilder out = new StringBuilder();
        List<X509Certificate> local = CertificateText.local(tls);
        if (!local.isEmpty()) {
            names(out, "By", local.getFirst(), NameType.URI);
        }
        pair(out, "Hash", CertificateText.sha256(own));
        if (config.cert()) {
            quoted(out, "Cert", CertificateText.urlEncodedPem(List.of(own)));
        }
        if (config.chain()) {
            quoted(out, "Chain", CertificateText.urlEncodedPem(peer));
        }
        if (config.subject()) {
            quoted(out, "Subject", CertificateText.subject(own)); // Its quotes are escaped already.
        }
        if (config.uri() && !names(out, "URI", own, NameType.URI)) {
            pair(out, "URI", "");
        }
        if (config.dns()) {
            names(out, "DNS", own, NameType.DNS);
        }
        return out.toString();
    }

    /** Writes one pair for each name. Returns whether there is one. */
    private static boolean names(StringBuilder out, String key, X509Certificate certificate, NameType type) {
        List<String> names = CertificateText.names(certificate, type);
        for (String name : names) {
            if (isPlain(name)) {
                pair(out, key, name);
            } else {
                quoted(out, key, name.replace("\\", "\\\\").replace("\"", "\\\""));
            }
        }
        return !names.isEmpty();
    }

    /** Whether a value cannot be taken for the end of a pair or an element. */
    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (",;=\"\\ ".indexOf(value.charAt(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static void quoted(StringBuilder out, String key, String value) {
        pair(out, key, '"' + value + '"');
    }

    private static void pair(StringBuilder out, String key, String value) {
        out.append(out.isEmpty() ? "" : ";").append(key).append('=').append(value);
    }
}
