package dev.attache.tls;

import java.io.ByteArrayInputStream;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads certificates, keys and revocation lists from the blocks of PEM (RFC 7468); text outside of the blocks is passed
 * over.
 */
final class PemBlocks {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private PemBlocks() {}

    /**
     * One block of a text.
     *
     * @param type      label, such as {@code CERTIFICATE}
     * @param base64    its lines joined
     * @param line      line of its first dashes, from 1
     * @param encrypted whether headers say that the contents are encrypted
     */
    record Block(String type, String base64, int line, boolean encrypted) {}

    /** All certificates of a text, at least one. */
    static List<X509Certificate> certificates(PemText pem, Field field) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(pem, field)) {
            if (block.type().equals("CERTIFICATE") || block.type().equals("X509 CERTIFICATE")) {
                certificates.add(certificate(pem, block, field));
            }
        }
        if (certificates.isEmpty()) {
            throw field.wrong(pem + ": no certificate in it", "PEM with -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    /** All revocation lists of a text, at least one. */
    static List<X509CRL> revocationLists(PemText pem, Field field) {
        List<X509CRL> lists = new ArrayList<>();
        for (Block block : blocks(pem, field)) {
            if (block.type().equals("X509 CRL")) {
                lists.add(revocationList(pem, block, field));
            }
        }
        if (lists.isEmpty()) {
            throw field.wrong(pem + ": no revocation list in it", "PEM with -----BEGIN X509 CRL-----");
        }
        return lists;
    }

    private static X509CRL revocationList(PemText pem, Block block, Field field) {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509")
                    .generateCRL(new ByteArrayInputStream(der(pem, block, field)));
        } catch (CertificateException | CRLException broken) {
            throw field.wrong(
                    pem + ":" + block.line() + ": not a revocation list: " + broken.getMessage(), "an X.509 CRL");
        }
    }

    /** The first private key of a text. */
    static PrivateKey privateKey(PemText pem, Field field) {
        for (Block block : blocks(pem, field)) {
            if (block.encrypted() || block.type().equals("ENCRYPTED PRIVATE KEY")) {
                throw field.wrong(pem + ":" + block.line() + ": the key is encrypted", "a key without a pass phrase");
            }
            if (block.type().endsWith("PRIVATE KEY")) {
                return PrivateKeys.decode(pem, block, field);
            }
        }
        throw field.wrong(pem + ": no private key in it", "PEM with -----BEGIN PRIVATE KEY-----");
    }

    private static X509Certificate certificate(PemText pem, Block block, Field field) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der(pem, block, field)));
        } catch (CertificateException broken) {
            throw field.wrong(
                    pem + ":" + block.line() + ": not a certificate: " + broken.getMessage(), "an X.509 certificate");
        }
    }

    private static List<Block> blocks(PemText pem, Field field) {
        List<String> lines = pem.text().lines().toList();
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.startsWith(BEGIN) || !line.endsWith(DASHES) || line.length() < BEGIN.length() + DASHES.length()) {
                continue;
            }
            String type = line.substring(BEGIN.length(), line.length() - DASHES.length());
            int begin = i + 1;
            if (type.contains(DASHES)) {
                // All of the block, which may be a key: not to be repeated.
                throw field.wrong(pem + ":" + begin + ": a block on one line", "PEM with its line breaks");
            }
            boolean encrypted = false;
            StringBuilder base64 = new StringBuilder();
            while (++i < lines.size() && !lines.get(i).strip().startsWith(DASHES)) {
                String content = lines.get(i).strip();
                // Headers as OpenSSL's old key format has them.
                if (content.indexOf(':') >= 0) {
                    encrypted |= content.startsWith("Proc-Type:") && content.endsWith("ENCRYPTED");
                } else {
                    base64.append(content);
                }
            }
            if (i == lines.size() || !lines.get(i).strip().equals(END + type + DASHES)) {
                throw field.wrong(pem + ":" + begin + ": the block does not end", END + type + DASHES);
            }
            blocks.add(new Block(type, base64.toString(), begin, encrypted));
        }
        return blocks;
    }

    /** What a block encodes. */
    static byte[] der(PemText pem, Block block, Field field) {
        try {
            return Base64.getDecoder().decode(block.base64());
        } catch (IllegalArgumentException broken) {
            throw field.wrong(pem + ":" + block.line() + ": the block is not base64", "base64 text");
        }
    }
}
