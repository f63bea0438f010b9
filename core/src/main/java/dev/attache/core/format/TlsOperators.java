package dev.attache.core.format;

import dev.attache.core.http.TlsFacts;
import dev.attache.core.net.CertificateText;
import dev.attache.core.net.CertificateText.NameType;
import dev.attache.core.net.CipherName;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** TLS with the client: versions, suite, certificates of both sides. */
final class TlsOperators {

    private TlsOperators() {}

    static void addTo(Map<String, Function<OperatorCall, Operator>> operators) {
        operators.put("DOWNSTREAM_TLS_VERSION", session(SSLSession::getProtocol));
        operators.put("DOWNSTREAM_TLS_CIPHER", session(session -> CipherName.openSsl(session.getCipherSuite())));
        operators.put(
                "DOWNSTREAM_TLS_SESSION_ID", session(session -> HexFormat.of().formatHex(session.getId())));
        operators.put("REQUESTED_SERVER_NAME", Operators.text(exchange -> {
            TlsFacts tls = exchange.downstream().tls();
            return tls == null ? "" : tls.serverName();
        }));

        certificate(operators, "DOWNSTREAM_PEER_SUBJECT", CertificateText::peer, CertificateText::subject);
        certificate(operators, "DOWNSTREAM_PEER_ISSUER", CertificateText::peer, CertificateText::issuer);
        certificate(operators, "DOWNSTREAM_PEER_SERIAL", CertificateText::peer, CertificateText::serial);
        certificate(operators, "DOWNSTREAM_PEER_FINGERPRINT_256", CertificateText::peer, CertificateText::sha256);
        certificate(operators, "DOWNSTREAM_PEER_FINGERPRINT_1", CertificateText::peer, CertificateText::sha1);
        certificate(
                operators,
                "DOWNSTREAM_PEER_CERT",
                CertificateText::peer,
                leaf -> CertificateText.urlEncodedPem(List.of(leaf)));
        certificate(operators, "DOWNSTREAM_LOCAL_SUBJECT", CertificateText::local, CertificateText::subject);
        for (NameType type : NameType.values()) {
            String san = "_" + type + "_SAN";
            Function<X509Certificate, String> names = leaf -> String.join(",", CertificateText.names(leaf, type));
            certificate(operators, "DOWNSTREAM_PEER" + san, CertificateText::peer, names);
            certificate(operators, "DOWNSTREAM_LOCAL" + san, CertificateText::local, names);
        }

        chain(operators, "DOWNSTREAM_PEER_CHAIN_SERIALS", CertificateText::serial);
        chain(operators, "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256", CertificateText::sha256);
        chain(operators, "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1", CertificateText::sha1);

        operators.put("DOWNSTREAM_PEER_CERT_V_START", call -> date(call, X509Certificate::getNotBefore));
        operators.put("DOWNSTREAM_PEER_CERT_V_END", call -> date(call, X509Certificate::getNotAfter));
    }

    private static Function<OperatorCall, Operator> session(Function<SSLSession, String> value) {
        return Operators.text(exchange -> {
            TlsFacts tls = exchange.downstream().tls();
            return tls == null ? "" : value.apply(tls.session());
        });
    }

    /** Of the first certificate of a chain. */
    private static void certificate(
            Map<String, Function<OperatorCall, Operator>> operators,
            String name,
            Function<TlsFacts, List<X509Certificate>> chain,
            Function<X509Certificate, String> value) {
        once(operators, name, tls -> {
            List<X509Certificate> certificates = chain.apply(tls);
            return certificates.isEmpty() ? "" : value.apply(certificates.getFirst());
        });
    }

    /** Of every certificate that the client has shown. */
    private static void chain(
            Map<String, Function<OperatorCall, Operator>> operators,
            String name,
            Function<X509Certificate, String> value) {
        once(
                operators,
                name,
                tls -> CertificateText.peer(tls).stream().map(value).collect(Collectors.joining(",")));
    }

    private static void once(
            Map<String, Function<OperatorCall, Operator>> operators, String name, Function<TlsFacts, String> value) {
        operators.put(name, Operators.text(exchange -> {
            TlsFacts tls = exchange.downstream().tls();
            return tls == null ? "" : tls.once(name, value);
        }));
    }

    private static Operator date(OperatorCall call, Function<X509Certificate, Date> date) {
        TimeFormat format = TimeFormat.compile(call, ZoneOffset.UTC);
        return (out, exchange) -> {
            X509Certificate leaf = peer(exchange.downstream().tls());
            if (leaf == null) {
                return false;
            }
            format.append(out, date.apply(leaf).toInstant().toEpochMilli());
            return true;
        };
    }

    private static @Nullable X509Certificate peer(@Nullable TlsFacts tls) {
        List<X509Certificate> chain = tls == null ? List.of() : CertificateText.peer(tls);
        return chain.isEmpty() ? null : chain.getFirst();
    }
}
