package dev.attache.tls;

import dev.attache.core.config.yaml.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** OpenSSL's names of cipher suites in those that Java uses (the IANA's). */
final class CipherSuites {

    /** What is offered up to TLS 1.2 where nothing is said: forward secret and authenticated, in Envoy's order. */
    private static final List<String> DEFAULT = List.of(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384");

    private static final List<String> TLS13 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    private static final Map<String, String> BY_OPENSSL = byOpenSsl();

    private CipherSuites() {}

    private static Map<String, String> byOpenSsl() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        names.put("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        names.put("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
        names.put("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        names.put("ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        names.put("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
        names.put("ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");
        names.put("ECDHE-ECDSA-AES256-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384");
        names.put("ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
        names.put("ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384");
        names.put("ECDHE-ECDSA-AES128-SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
        names.put("ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");
        names.put("ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
        names.put("ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");
        names.put("DHE-RSA-AES128-GCM-SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
        names.put("DHE-RSA-AES256-GCM-SHA384", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384");
        names.put("DHE-RSA-CHACHA20-POLY1305", "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
        names.put("AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256");
        names.put("AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384");
        names.put("AES128-SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA256");
        names.put("AES256-SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA256");
        names.put("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA");
        names.put("AES256-SHA", "TLS_RSA_WITH_AES_256_CBC_SHA");
        names.put("DES-CBC3-SHA", "SSL_RSA_WITH_3DES_EDE_CBC_SHA");
        names.put("ECDHE-PSK-CHACHA20-POLY1305", "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256");
        names.put("ECDHE-PSK-AES128-CBC-SHA", "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA");
        names.put("ECDHE-PSK-AES256-CBC-SHA", "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA");
        names.put("PSK-AES128-CBC-SHA", "TLS_PSK_WITH_AES_128_CBC_SHA");
        names.put("PSK-AES256-CBC-SHA", "TLS_PSK_WITH_AES_256_CBC_SHA");
        return names;
    }

    /**
     * The suites of a list, in its order, by Java's names; those of TLS 1.3, which cannot be chosen, come first.
     *
     * @param configured OpenSSL's or the IANA's names; an entry may be several joined by colons, and {@code [A|B]}
     *         stands for A and B as equals, which here means A first
     * @param supported  what the engine can do; others are left out
     * @throws dev.attache.core.config.ConfigException when a name is unknown, or none is left
     */
    static String[] resolve(List<String> configured, Set<String> supported, Field field) {
        Set<String> suites = new LinkedHashSet<>(TLS13);
        for (String name : configured.isEmpty() ? DEFAULT : Lists.split(configured, field)) {
            suites.add(standardName(name, field));
        }
        suites.retainAll(supported);
        // There is no way to configure a key shared beforehand.
        suites.removeIf(suite -> suite.contains("_PSK_"));
        if (TLS13.containsAll(suites)) {
            throw field.wrong(String.join(", ", configured), "a suite that the TLS engine has");
        }
        return suites.toArray(String[]::new);
    }

    private static String standardName(String name, Field field) {
        String standard = BY_OPENSSL.get(name);
        if (standard != null) {
            return standard;
        }
        if (BY_OPENSSL.containsValue(name)) {
            return name;
        }
        throw field.wrong(
                name,
                "a cipher suite up to TLS 1.2 by its OpenSSL name",
                Words.closest(name, new ArrayList<>(BY_OPENSSL.keySet())));
    }
}
