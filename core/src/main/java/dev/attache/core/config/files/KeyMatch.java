package dev.attache.core.config.files;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;

/** Whether a private key belongs to a certificate: what it signs, the certificate verifies. */
final class KeyMatch {

    private static final byte[] PROBE = {1, 2, 3};

    private KeyMatch() {}

    /** False where the key is surely another's; unsure is true, since keys are read again before they are used. */
    static boolean belongs(byte[] pkcs8, PublicKey certified) {
        String algorithm = certified.getAlgorithm();
        try {
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> algorithm;
                    });
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (InvalidKeySpecException | InvalidKeyException _) {
            return false; // A key of another kind.
        } catch (GeneralSecurityException _) {
            return true;
        }
    }
}
