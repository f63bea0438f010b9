package dev.attache.core.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ClientCertHeader;
import dev.attache.core.config.ClientCertHeader.Mode;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.Handshake;
import dev.attache.core.http.TlsFacts;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForwardedClientCertTest {

    private static final String FROM_CLIENT = "By=spiffe://a;Hash=00;URI=spiffe://forged";

    private Certificates ca;
    private Leaf server;
    private Leaf client;
    private TlsFacts mutual;
    private TlsFacts oneSided;
    private String hash;

    @BeforeAll
    void shakeHands(@TempDir Path folder) throws Exception {
        ca = Certificates.in(folder).intermediate();
        server = ca.issue("proxy.test", "spiffe://test/proxy");
        client = ca.leaf("a.test", "b.test", "spiffe://test/client")
                .subject("O=Test,CN=O\\\"Brien\\, Jos\u00e9")
                .issue();
        mutual = shown(client);
        oneSided =
                new TlsFacts("proxy.test", Handshake.server(server.serverContext(ca), ca.clientContext(), "TLSv1.3"));
        hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(client.certificate().getEncoded()));
    }

    private TlsFacts shown(Leaf leaf) {
        return new TlsFacts(
                "proxy.test", Handshake.server(server.serverContext(ca), leaf.serverContext(ca), "TLSv1.3"));
    }

    private static List<String> header(ClientCertHeader config, @Nullable TlsFacts tls, String... received) {
        HttpFields.Mutable headers = HttpFields.build().add("accept", "*/*");
        for (String value : received) {
            headers.add("X-Forwarded-Client-Cert", value);
        }
        new ForwardedClientCert(config).apply(headers, tls);
        assertThat(headers.get("accept")).isEqualTo("*/*");
        return headers.getValuesList("x-forwarded-client-cert");
    }

    private static ClientCertHeader bare(Mode mode) {
        return new ClientCertHeader(mode, false, false, false, false, false);
    }

    @ParameterizedTest
    @CsvSource({
        "SANITIZE,            none, none, none",
        "FORWARD_ONLY,        none, none, theirs",
        "APPEND_FORWARD,      none, none, both",
        "SANITIZE_SET,        none, none, ours",
        "ALWAYS_FORWARD_ONLY, theirs, theirs, theirs"
    })
    void believesAndTellsAsTheModeSays(Mode mode, String plain, String withoutCertificate, String withCertificate) {
        assertThat(header(bare(mode), null, FROM_CLIENT)).isEqualTo(expected(plain));
        assertThat(header(bare(mode), oneSided, FROM_CLIENT)).isEqualTo(expected(withoutCertificate));
        assertThat(header(bare(mode), mutual, FROM_CLIENT)).isEqualTo(expected(withCertificate));
    }

    private List<String> expected(String what) {
        String ours = "By=spiffe://test/proxy;Hash=" + hash;
        return switch (what) {
            case "none" -> List.of();
            case "theirs" -> List.of(FROM_CLIENT);
            case "ours" -> List.of(ours);
            default -> List.of(FROM_CLIENT + "," + ours);
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"APPEND_FORWARD", "SANITIZE_SET"})
    void tellsOfTheCertificateWhereNoHeaderCame(Mode mode) {
        assertThat(header(bare(mode), mutual)).isEqualTo(expected("ours"));
        assertThat(header(bare(mode), oneSided)).isEmpty();
    }

    @Test
    void appendsToAllThatCame() {
        assertThat(header(bare(Mode.APPEND_FORWARD), mutual, "Hash=1", "Hash=2,Hash=3"))
                .containsExactly("Hash=1,Hash=2,Hash=3,By=spiffe://test/proxy;Hash=" + hash);
    }

    @Test
    void writesThePartsThatAreAskedForInEnvoysOrder() throws Exception {
        ClientCertHeader all = new ClientCertHeader(Mode.SANITIZE_SET, true, true, true, true, true);

        String element = header(all, mutual).getFirst();

        assertThat(element)
                .matches("By=spiffe://test/proxy;Hash=" + hash + ";Cert=\"([^\"]+)\";Chain=\"([^\"]+)\";Subject=\"CN=O"
                        + "\\\\\"Brien\\\\, Jos\\\\C3\\\\A9,O=Test\""
                        + ";URI=spiffe://test/client;DNS=a.test;DNS=b.test");
        assertThat(certificates(part(element, "Cert"))).isEqualTo(1);
        assertThat(certificates(part(element, "Chain"))).isEqualTo(2);
    }

    private static String part(String element, String key) {
        int from = element.indexOf(key + "=\"") + key.length() + 2;
        return element.substring(from, element.indexOf('"', from));
    }

    private int certificates(String encodedPem) throws Exception {
        assertThat(encodedPem).matches("[A-Za-z0-9%-]+");
        String pem = URLDecoder.decode(encodedPem, StandardCharsets.US_ASCII);
        var read = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        assertThat(read.iterator().next()).isEqualTo(client.certificate());
        return read.size();
    }

    @Test
    void quotesANameThatWouldSayMoreThanItself() {
        TlsFacts tls = shown(ca.issue("spiffe://x,By=spiffe://forged;Hash=0", "spiffe://y"));
        ClientCertHeader uri = new ClientCertHeader(Mode.SANITIZE_SET, false, false, false, true, true);

        assertThat(header(uri, tls).getFirst())
                .endsWith(";URI=\"spiffe://x,By=spiffe://forged;Hash=0\";URI=spiffe://y");
    }

    @Test
    void namesAnEmptyUriWhereTheCertificateHasNone() {
        ClientCertHeader both = new ClientCertHeader(Mode.SANITIZE_SET, true, false, false, true, true);

        assertThat(header(both, shown(ca.issue("c.test"))).getFirst()).endsWith(";Subject=\"CN=leaf\";URI=;DNS=c.test");
    }

    @Test
    void looksAtTheCertificatesOnceAConnection() {
        TlsFacts tls = shown(client);
        ClientCertHeader set = bare(Mode.SANITIZE_SET);

        String first = header(set, tls).getFirst();

        assertThat(header(set, tls).getFirst()).isSameAs(first);
        assertThat(header(new ClientCertHeader(Mode.SANITIZE_SET, true, false, false, false, false), tls)
                        .getFirst())
                .contains("Subject=");
    }
}
