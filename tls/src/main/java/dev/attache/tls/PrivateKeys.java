package dev.attache.tls;

import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

/** Turns the key formats in use into keys: PKCS#8, SEC1 (EC) and PKCS#1 (RSA); the latter two are wrapped as PKCS#8. */
final class PrivateKeys {

    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    /** OBJECT IDENTIFIER id-ecPublicKey 1.2.840.10045.2.1. */
    private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");

    /** OBJECT IDENTIFIER rsaEncryption 1.2.840.113549.1.1.1 and its NULL. */
    private static final byte[] RSA_ENCRYPTION = HexFormat.of().parseHex("06092a864886f70d0101010500");

    private static final byte[] VERSION_0 = {2, 1, 0};

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int CURVE = 0xa0;

    private PrivateKeys() {}

    static PrivateKey decode(PemText pem, PemBlocks.Block block, Field field) {
        String where = pem + ":" + block.line() + ": ";
        byte[] der = PemBlocks.der(pem, block, field);
        try {
            return switch (block.type()) {
                case "PRIVATE KEY" -> pkcs8(der);
                case "EC PRIVATE KEY" -> pkcs8(sec1(der));
                case "RSA PRIVATE KEY" -> pkcs8(pkcs1(der));
                default -> throw field.wrong(where + block.type(), "PRIVATE KEY, EC PRIVATE KEY or RSA PRIVATE KEY");
            };
        } catch (InvalidKeySpecException | IllegalArgumentException broken) {
            throw field.wrong(where + "not a private key: " + broken.getMessage(), "an EC, RSA or EdDSA key");
        }
    }

    private static PrivateKey pkcs8(byte[] der) throws InvalidKeySpecException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        InvalidKeySpecException last = new InvalidKeySpecException("empty");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException other) {
                last = other;
            } catch (NoSuchAlgorithmException missing) {
                throw new IllegalStateException(missing);
            }
        }
        throw last;
    }

    /** ECPrivateKey (RFC 5915): the curve moves to where PKCS#8 wants it. */
    private static byte[] sec1(byte[] key) {
        Der.Reader fields = new Der.Reader(key).enter(SEQUENCE);
        while (fields.hasMore()) {
            if (fields.tag() == CURVE) {
                byte[] algorithm = Der.concat(EC_PUBLIC_KEY, fields.contents());
                return Der.encode(
                        SEQUENCE,
                        Der.concat(VERSION_0, Der.encode(SEQUENCE, algorithm), Der.encode(OCTET_STRING, key)));
            }
            fields.skip();
        }
        throw new IllegalArgumentException("it does not name its curve");
    }

    /** RSAPrivateKey (RFC 8017). */
    private static byte[] pkcs1(byte[] key) {
        return Der.encode(
                SEQUENCE, Der.concat(VERSION_0, Der.encode(SEQUENCE, RSA_ENCRYPTION), Der.encode(OCTET_STRING, key)));
    }
}
