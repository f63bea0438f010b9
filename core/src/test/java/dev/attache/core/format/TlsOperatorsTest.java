package dev.attache.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.LogFormat;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.Handshake;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.TlsFacts;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsOperatorsTest {

    private Certificates ca;
    private Leaf server;
    private X509Certificate shown;
    private Exchange mutual;
    private Exchange oneSided;

    @BeforeAll
    void shakeHands(@TempDir Path folder) {
        ca = Certificates.in(folder).intermediate();
        server = ca.issue("proxy.test", "spiffe://test/proxy");
        Leaf client = ca.leaf("a.test", "b.test", "127.0.0.1", "spiffe://test/client")
                .subject("O=Test,CN=client")
                .issue();
        shown = client.certificate();
        mutual = exchange(new TlsFacts(
                "proxy.test", Handshake.server(server.serverContext(ca), client.serverContext(ca), "TLSv1.2")));
        oneSided =
                exchange(new TlsFacts("", Handshake.server(server.serverContext(ca), ca.clientContext(), "TLSv1.3")));
    }

    private static Exchange exchange(TlsFacts tls) {
        return Exchange.begin(new Exchange.Downstream(null, null, null, "HTTP/1.1", tls));
    }

    private static String line(String format, Exchange exchange) {
        return Format.line(new LogFormat.Text(format, false)).apply(exchange).strip();
    }

    @Test
    void tellsOfTheConnection() {
        assertThat(line("%DOWNSTREAM_TLS_VERSION% %REQUESTED_SERVER_NAME%", mutual))
                .isEqualTo("TLSv1.2 proxy.test");
        assertThat(line("%DOWNSTREAM_TLS_CIPHER%", mutual)).matches("ECDHE-ECDSA-(AES|CHACHA20).*");
        assertThat(line("%DOWNSTREAM_TLS_SESSION_ID%", mutual)).matches("[0-9a-f]{64}");
        assertThat(line("%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% %REQUESTED_SERVER_NAME%", oneSided))
                .matches("TLSv1\\.3 TLS_(AES|CHACHA20)_[A-Z0-9_]+ -");
    }

    @Test
    void tellsOfItsOwnCertificateWhenTheConnectionHasGone() {
        SSLSession open = mutual.downstream().tls().session();
        AtomicBoolean gone = new AtomicBoolean();
        SSLSession forgetful = (SSLSession) Proxy.newProxyInstance(
                SSLSession.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (_, method, arguments) -> gone.get() && method.getName().equals("getLocalCertificates")
                        ? null
                        : method.invoke(open, arguments));
        Exchange exchange = exchange(new TlsFacts("", forgetful));

        gone.set(true);

        assertThat(line("%DOWNSTREAM_LOCAL_DNS_SAN%", exchange)).isEqualTo("proxy.test");
    }

    @Test
    void tellsOfTheCertificatesOfBothSides() throws Exception {
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(shown.getEncoded()));

        assertThat(line("%DOWNSTREAM_PEER_SUBJECT%", mutual)).isEqualTo("CN=client,O=Test");
        assertThat(line("%DOWNSTREAM_PEER_ISSUER%", mutual)).startsWith("CN=Test intermediate ");
        assertThat(line("%DOWNSTREAM_PEER_URI_SAN%", mutual)).isEqualTo("spiffe://test/client");
        assertThat(line("%DOWNSTREAM_PEER_DNS_SAN%", mutual)).isEqualTo("a.test,b.test");
        assertThat(line("%DOWNSTREAM_PEER_IP_SAN%", mutual)).isEqualTo("127.0.0.1");
        assertThat(line("%DOWNSTREAM_PEER_FINGERPRINT_256%", mutual)).isEqualTo(sha256);
        assertThat(line("%DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256%", mutual)).matches(sha256 + ",[0-9a-f]{64}");
        assertThat(line("%DOWNSTREAM_PEER_SERIAL%", mutual))
                .isEqualTo(HexFormat.of().formatHex(shown.getSerialNumber().toByteArray()));
        assertThat(line("%DOWNSTREAM_PEER_CERT%", mutual)).startsWith("-----BEGIN%20CERTIFICATE-----%0AMII");
        assertThat(line("%DOWNSTREAM_LOCAL_SUBJECT%", mutual)).isEqualTo("CN=leaf");
        assertThat(line("%DOWNSTREAM_LOCAL_URI_SAN%", oneSided)).isEqualTo("spiffe://test/proxy");
        assertThat(line("%DOWNSTREAM_LOCAL_DNS_SAN%", oneSided)).isEqualTo("proxy.test");
    }

    @Test
    void writesWhenACertificateIsValidInTheFormatThatIsAskedFor() {
        String from = DateTimeFormatter.ISO_LOCAL_DATE.format(
                shown.getNotBefore().toInstant().atOffset(ZoneOffset.UTC));

        assertThat(line("%DOWNSTREAM_PEER_CERT_V_START(%Y-%m-%d)%", mutual)).isEqualTo(from);
        assertThat(line("%DOWNSTREAM_PEER_CERT_V_END%", mutual))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.000Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DOWNSTREAM_PEER_SUBJECT",
                "DOWNSTREAM_PEER_URI_SAN",
                "DOWNSTREAM_PEER_CHAIN_SERIALS",
                "DOWNSTREAM_PEER_CERT_V_START"
            })
    void isEmptyWhereTheClientHasShownNothing(String operator) {
        assertThat(line('%' + operator + '%', oneSided)).isEqualTo("-");
        assertThat(line('%' + operator + '%', Exchange.begin())).isEqualTo("-");
    }
}
