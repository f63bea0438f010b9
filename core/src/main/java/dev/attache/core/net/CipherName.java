package dev.attache.core.net;

/**
 * OpenSSL's names of cipher suites, which is what people look for in logs.
 *
 * @see <a href="https://docs.openssl.org/master/man1/openssl-ciphers/#cipher-suite-names">OpenSSL, cipher suite names</a>
 */
public final class CipherName {

    private static final String WITH = "_WITH_";

    private CipherName() {}

    /** OpenSSL's name of a suite; one of TLS 1.3 has but one name. */
    public static String openSsl(String standard) {
        int with = standard.indexOf(WITH);
        if (with < 0) {
            return standard;
        }
        String keys = standard.substring(standard.indexOf('_') + 1, with);
        String cipher = standard.substring(with + WITH.length())
                .replace("3DES_EDE_CBC", "DES_CBC3")
                .replace("AES_128", "AES128")
                .replace("AES_256", "AES256")
                .replace("POLY1305_SHA256", "POLY1305");
        if (!keys.endsWith("PSK")) {
            cipher = cipher.replace("_CBC_", "_");
        }
        return (keys.equals("RSA") ? cipher : keys + '-' + cipher).replace('_', '-');
    }
}
