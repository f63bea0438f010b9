package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class OfferedSignaturesTest {

    private static final OfferedSignatures BOTH = new OfferedSignatures(true);
    private static final OfferedSignatures RSA = new OfferedSignatures(false);

    @Test
    void findsEcdsaAmongTheSignatures() throws Exception {
        byte[] hello = hello(new SSLParameters());

        assertThat(parse(hello, true)).contains(BOTH);
    }

    @Test
    void findsThatThereAreNoEcdsaSignatures() throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setSignatureSchemes(new String[] {"rsa_pss_rsae_sha256", "rsa_pkcs1_sha256"});

        assertThat(parse(hello(parameters), true)).contains(RSA);
    }

    @Test
    void asksForASuiteWhereTls13IsNotToBeHad() throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});

        assertThat(parse(hello(parameters), true)).contains(BOTH);
        assertThat(parse(hello(parameters), false)).contains(RSA);
    }

    @Test
    void waitsForTheWholeHello() throws Exception {
        byte[] hello = hello(new SSLParameters());
        for (int length = 0; length < hello.length; length++) {
            assertThat(parse(Arrays.copyOf(hello, length), true)).isEmpty();
        }
    }

    @Test
    void readsAHelloInSeveralRecords() throws Exception {
        byte[] hello = hello(new SSLParameters());
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int at = 5; at < hello.length; at += 100) {
            int length = Math.min(100, hello.length - at);
            records.write(hello, 0, 3);
            records.write(length >> 8);
            records.write(length);
            records.write(hello, at, length);
        }

        assertThat(parse(records.toByteArray(), true)).contains(BOTH);
    }

    @Test
    void saysNothingOfWhatIsNoHello() {
        assertThat(parse("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), true))
                .isEmpty();
        assertThat(parse(new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0}, true)).contains(OfferedSignatures.UNKNOWN);
    }

    private static Optional<OfferedSignatures> parse(byte[] wire, boolean tls13) {
        return OfferedSignatures.parse(ByteBuffer.wrap(wire), tls13);
    }

    /** What the JDK's client begins with. */
    private static byte[] hello(SSLParameters parameters) throws NoSuchAlgorithmException, SSLException {
        SSLEngine client = SSLContext.getDefault().createSSLEngine("svc.test", 443);
        client.setUseClientMode(true);
        client.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.beginHandshake();
        client.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }
}
