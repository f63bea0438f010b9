package dev.attache.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads certificates and keys from PEM files (RFC 7468); text outside of the blocks is passed over. */
final class PemFiles {

    /** A bundle of all public roots has a quarter of a MiB. */
    private static final long MAX_BYTES = 16L << 20;

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private PemFiles() {}

    /**
     * One block of a file.
     *
     * @param type      label, such as {@code CERTIFICATE}
     * @param base64    its lines joined
     * @param line      line of its first dashes, from 1
     * @param encrypted whether headers say that the contents are encrypted
     */
    record Block(String type, String base64, int line, boolean encrypted) {}

    /** All certificates of a file, at least one. */
    static List<X509Certificate> certificates(Path file, Field field) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file, field)) {
            if (block.type().equals("CERTIFICATE") || block.type().equals("X509 CERTIFICATE")) {
                certificates.add(certificate(file, block, field));
            }
        }
        if (certificates.isEmpty()) {
            throw field.wrong(file + ": no certificate in it", "a PEM file with -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    /** All revocation lists of a file, at least one. */
    static List<X509CRL> revocationLists(Path file, Field field) {
        List<X509CRL> lists = new ArrayList<>();
        for (Block block : blocks(file, field)) {
            if (block.type().equals("X509 CRL")) {
                lists.add(revocationList(file, block, field));
            }
        }
        if (lists.isEmpty()) {
            throw field.wrong(file + ": no revocation list in it", "a PEM file with -----BEGIN X509 CRL-----");
        }
        return lists;
    }

    private static X509CRL revocationList(Path file, Block block, Field field) {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509")
                    .generateCRL(new ByteArrayInputStream(der(file, block, field)));
        } catch (CertificateException | CRLException broken) {
            throw field.wrong(
                    file + ":" + block.line() + ": not a revocation list: " + broken.getMessage(), "an X.509 CRL");
        }
    }

    /** The first private key of a file. */
    static PrivateKey privateKey(Path file, Field field) {
        for (Block block : blocks(file, field)) {
            if (block.encrypted() || block.type().equals("ENCRYPTED PRIVATE KEY")) {
                throw field.wrong(file + ":" + block.line() + ": the key is encrypted", "a key without a pass phrase");
            }
            if (block.type().endsWith("PRIVATE KEY")) {
                return PrivateKeys.decode(file, block, field);
            }
        }
        throw field.wrong(file + ": no private key in it", "a PEM file with -----BEGIN PRIVATE KEY-----");
    }

    private static X509Certificate certificate(Path file, Block block, Field field) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der(file, block, field)));
        } catch (CertificateException broken) {
            throw field.wrong(
                    file + ":" + block.line() + ": not a certificate: " + broken.getMessage(), "an X.509 certificate");
        }
    }

    private static List<Block> blocks(Path file, Field field) {
        List<String> lines = text(file, field).lines().toList();
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.startsWith(BEGIN) || !line.endsWith(DASHES) || line.length() < BEGIN.length() + DASHES.length()) {
                continue;
            }
            String type = line.substring(BEGIN.length(), line.length() - DASHES.length());
            int begin = i + 1;
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
                throw field.wrong(file + ":" + begin + ": the block does not end", END + type + DASHES);
            }
            blocks.add(new Block(type, base64.toString(), begin, encrypted));
        }
        return blocks;
    }

    /** What a block encodes. */
    static byte[] der(Path file, Block block, Field field) {
        try {
            return Base64.getDecoder().decode(block.base64());
        } catch (IllegalArgumentException broken) {
            throw field.wrong(file + ":" + block.line() + ": the block is not base64", "base64 text");
        }
    }

    private static String text(Path file, Field field) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw field.wrong(file + ": larger than 16 MiB", "a PEM file");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException missing) {
            throw field.wrong(file + ": no such file", "a PEM file");
        } catch (IOException broken) {
            throw field.wrong(file + ": cannot be read: " + broken, "a PEM file");
        }
    }
}
