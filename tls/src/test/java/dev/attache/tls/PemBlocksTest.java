package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.PemSource;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemBlocksTest {

    private static final Field FIELD = new Field("tls.private_key");

    @TempDir
    Path folder;

    private Certificates ca;

    @BeforeEach
    void authority() {
        ca = Certificates.in(folder);
    }

    @Test
    void readsAllCertificatesOfABundleWithTextBetweenThem() throws Exception {
        Path bundle = file("# first\n" + Files.readString(ca.bundle()) + "\r\n# second\n"
                + Files.readString(ca.issue("a.test").chain()).replace("\n", "\r\n"));
        assertThat(PemBlocks.certificates(read(bundle), FIELD)).hasSize(2);
    }

    @Test
    void readsPkcs8() throws Exception {
        Leaf leaf = ca.issue("a.test");
        assertThat(PemBlocks.privateKey(read(leaf.key()), FIELD))
                .isEqualTo(leaf.keys().getPrivate());
        PrivateKey edwards =
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
        assertThat(PemBlocks.privateKey(read(file(Pem.block("PRIVATE KEY", edwards.getEncoded()))), FIELD))
                .isEqualTo(edwards);
    }

    @Test
    void readsPkcs1() throws Exception {
        Leaf leaf = ca.leaf("a.test").rsa().issue();
        byte[] inner = PrivateKeyInfo.getInstance(leaf.keys().getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        assertThat(PemBlocks.privateKey(read(file(Pem.block("RSA PRIVATE KEY", inner))), FIELD))
                .isEqualTo(leaf.keys().getPrivate());
    }

    @Test
    void readsSec1BehindItsParameters() throws Exception {
        Leaf leaf = ca.issue("a.test");
        PrivateKeyInfo info =
                PrivateKeyInfo.getInstance(leaf.keys().getPrivate().getEncoded());
        ECPrivateKey bare = ECPrivateKey.getInstance(info.parsePrivateKey());
        ECPrivateKey named = new ECPrivateKey(256, bare.getKey(), SECObjectIdentifiers.secp256r1);
        String text = Pem.block("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded())
                + Pem.block("EC PRIVATE KEY", named.getEncoded());
        PrivateKey read = PemBlocks.privateKey(read(file(text)), FIELD);
        assertThat(((java.security.interfaces.ECPrivateKey) read).getS()).isEqualTo(bare.getKey());
        refused(
                Pem.block("EC PRIVATE KEY", new ECPrivateKey(256, bare.getKey()).getEncoded()),
                "does not name its curve");
    }

    @Test
    void refusesWhatIsNoKeyAndSaysWhy() throws Exception {
        refused("", "no private key in it");
        refused(Pem.block("ENCRYPTED PRIVATE KEY", new byte[] {48, 0}), ":1: the key is encrypted");
        refused(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
                        + "-----END RSA PRIVATE KEY-----\n",
                ":1: the key is encrypted");
        refused("\n-----BEGIN PRIVATE KEY-----\nAAAA\n", ":2: the block does not end");
        refused(
                "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----",
                ":1: a block on one line (expected: PEM with");
        refused("-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----\n", "not base64");
        refused(Pem.block("PRIVATE KEY", new byte[] {48, 0}), "not a private key");
        refused(Pem.block("EC PRIVATE KEY", new byte[] {48, 3, (byte) 0xa0, 5, 1}), "broken ASN.1");
        refused(Pem.block("EC PRIVATE KEY", new byte[] {48, (byte) 0x84, 127, 127, 127, 127}), "broken ASN.1");
        refused(Pem.block("EC PRIVATE KEY", new byte[0]), "broken ASN.1");
        refused(Pem.block("DSA PRIVATE KEY", new byte[0]), "DSA PRIVATE KEY");
    }

    private void refused(String text, String message) throws Exception {
        Path file = file(text);
        assertThatThrownBy(() -> PemBlocks.privateKey(read(file), FIELD))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("tls.private_key: " + file)
                .hasMessageContaining(message);
    }

    @Test
    void refusesWhatIsNoCertificateAndSaysWhy() throws Exception {
        assertThatThrownBy(() -> read(folder.resolve("none.pem")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.pem: no such file");
        assertThatThrownBy(() -> read(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be read");
        Path broken = file(Pem.block("CERTIFICATE", new byte[] {1, 2, 3}));
        assertThatThrownBy(() -> PemBlocks.certificates(read(broken), FIELD))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(":1: not a certificate");
        Path empty = file("nothing\n");
        assertThatThrownBy(() -> PemBlocks.certificates(read(empty), FIELD))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no certificate in it");
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        Leaf one = ca.issue("a.test");
        for (Leaf other : List.of(ca.issue("b.test"), ca.leaf("b.test").rsa().issue())) {
            CertificateFiles files = CertificateFiles.of(one.chain(), other.key());
            assertThatThrownBy(() -> CertifiedKey.read(files, FIELD))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("not the key of this certificate");
        }
    }

    private static PemText read(Path file) {
        return PemText.read(PemSource.of(file), FIELD);
    }

    private Path file(String text) throws Exception {
        return Files.writeString(Files.createTempFile(folder, "text", ".pem"), text);
    }
}
