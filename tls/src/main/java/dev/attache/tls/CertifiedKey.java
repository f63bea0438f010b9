package dev.attache.tls;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.PemSource;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with its chain, and the key that belongs to it.
 *
 * @param source what the chain was read from, such as a file
 * @param chain  the certificate first
 */
record CertifiedKey(PemSource source, List<X509Certificate> chain, PrivateKey key) {

    CertifiedKey {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both and checks that they belong together.
     *
     * @throws dev.attache.core.config.ConfigException when one cannot be read, or they do not
     */
    static CertifiedKey read(CertificateFiles files, Field field) {
        Field chainField = field.at("certificate_chain");
        Field keyField = field.at("private_key");
        List<X509Certificate> chain = PemBlocks.certificates(PemText.read(files.chain(), chainField), chainField);
        PrivateKey key = PemBlocks.privateKey(PemText.read(files.key(), keyField), keyField);
        if (!belongTogether(chain.getFirst().getPublicKey(), key)) {
            throw keyField.wrong(files.key() + ": not the key of this certificate", "the key of " + files.chain());
        }
        return new CertifiedKey(files.chain(), chain, key);
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey) {
        String algorithm = switch (privateKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        byte[] text = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException differentKinds) {
            return false;
        }
    }

    X509Certificate leaf() {
        return chain.getFirst();
    }

    /** RSA, EC or EdDSA. */
    String type() {
        return key.getAlgorithm();
    }

    X509Certificate[] path() {
        return chain.toArray(X509Certificate[]::new);
    }

    /** The same with another object for the key, such as an engine has of its own. */
    CertifiedKey with(PrivateKey same) {
        return new CertifiedKey(source, chain, same);
    }

    /** Tells no key. */
    @Override
    public String toString() {
        return "certificate " + leaf().getSerialNumber().toString(16) + " of " + leaf().getSubjectX500Principal();
    }
}
