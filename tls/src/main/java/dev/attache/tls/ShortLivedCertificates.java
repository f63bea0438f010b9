package dev.attache.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/**
 * Certificates that are valid for an hour (RFC 5280, 4.1); the JDK reads certificates and has no public way to make
 * them.
 */
final class ShortLivedCertificates {

    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int UTF8_STRING = 0x0c;
    private static final int UTC_TIME = 0x17;
    private static final int VERSION = 0xa0;
    private static final int EXTENSIONS = 0xa3;
    private static final int DNS_NAME = 0x82;

    private static final byte[] ECDSA_WITH_SHA256 = hex("300a06082a8648ce3d040302");
    private static final byte[] COMMON_NAME = hex("0603550403");
    private static final byte[] ALTERNATIVE_NAME = hex("0603551d11");
    private static final byte[] CRITICAL = hex("0101ff");

    /** Basic constraints, with the flag of an authority. */
    private static final byte[] AUTHORITY = hex("0603551d13");

    private static final byte[] IS_AUTHORITY = hex("30030101ff");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private ShortLivedCertificates() {}

    /** A key pair on P-256. */
    static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /** An authority that signs itself. */
    static X509Certificate root(KeyPair keys) throws GeneralSecurityException {
        byte[] extension =
                Der.encode(SEQUENCE, Der.concat(AUTHORITY, CRITICAL, Der.encode(OCTET_STRING, IS_AUTHORITY)));
        return certificate("root", keys.getPublic(), keys, extension);
    }

    /** The certificate of a host, by the authority with the given keys. */
    static X509Certificate leaf(String host, PublicKey key, KeyPair authority) throws GeneralSecurityException {
        byte[] names = Der.encode(SEQUENCE, Der.encode(DNS_NAME, host.getBytes(StandardCharsets.US_ASCII)));
        byte[] extension = Der.encode(SEQUENCE, Der.concat(ALTERNATIVE_NAME, Der.encode(OCTET_STRING, names)));
        return certificate("leaf", key, authority, extension);
    }

    private static X509Certificate certificate(String subject, PublicKey key, KeyPair signer, byte[] extension)
            throws GeneralSecurityException {
        byte[] contents = Der.encode(
                SEQUENCE,
                Der.concat(
                        Der.encode(VERSION, Der.encode(INTEGER, new byte[] {2})),
                        Der.encode(INTEGER, new byte[] {1}),
                        ECDSA_WITH_SHA256,
                        name("root"),
                        validity(),
                        name(subject),
                        key.getEncoded(),
                        Der.encode(EXTENSIONS, Der.encode(SEQUENCE, extension))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(signer.getPrivate());
        signature.update(contents);
        byte[] bits = Der.concat(new byte[] {0}, signature.sign());
        byte[] der = Der.encode(SEQUENCE, Der.concat(contents, ECDSA_WITH_SHA256, Der.encode(BIT_STRING, bits)));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static byte[] name(String commonName) {
        byte[] text = Der.encode(UTF8_STRING, commonName.getBytes(StandardCharsets.US_ASCII));
        return Der.encode(SEQUENCE, Der.encode(SET, Der.encode(SEQUENCE, Der.concat(COMMON_NAME, text))));
    }

    private static byte[] validity() {
        Instant now = Instant.now();
        return Der.encode(
                SEQUENCE, Der.concat(time(now.minus(Duration.ofHours(1))), time(now.plus(Duration.ofHours(1)))));
    }

    private static byte[] time(Instant time) {
        return Der.encode(UTC_TIME, TIME.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
