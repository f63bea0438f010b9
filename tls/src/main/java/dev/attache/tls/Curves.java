package dev.attache.tls;

import dev.attache.core.config.yaml.Words;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** OpenSSL's names of key exchange groups in those that Java uses. */
final class Curves {

    private static final Map<String, String> NAMES = names();

    /** What both engines have. */
    private static final Set<String> EVERYWHERE = Set.of("x25519", "secp256r1", "secp384r1", "secp521r1");

    private Curves() {}

    private static Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("X25519", "x25519");
        names.put("P-256", "secp256r1");
        names.put("P-384", "secp384r1");
        names.put("P-521", "secp521r1");
        names.put("X25519MLKEM768", "X25519MLKEM768");
        names.put("prime256v1", "secp256r1");
        names.put("x25519", "x25519");
        names.put("secp256r1", "secp256r1");
        names.put("secp384r1", "secp384r1");
        names.put("secp521r1", "secp521r1");
        return names;
    }

    /**
     * The groups of a list, in its order, by Java's names; empty for an empty list.
     *
     * @throws dev.attache.core.config.ConfigException when a name is unknown, or the engine has none of them
     */
    static List<String> resolve(List<String> configured, TlsEngine engine, Field field) {
        Set<String> curves = new LinkedHashSet<>();
        for (String name : Lists.split(configured, field)) {
            String known = NAMES.get(name);
            if (known == null) {
                throw field.wrong(
                        name, "X25519, P-256, P-384, P-521 or X25519MLKEM768", Words.closest(name, NAMES.keySet()));
            }
            if (engine == TlsEngine.CONSCRYPT || EVERYWHERE.contains(known)) {
                curves.add(known);
            }
        }
        if (curves.isEmpty() && !configured.isEmpty()) {
            throw field.wrong(String.join(", ", configured), "a curve that the TLS engine has");
        }
        return List.copyOf(curves);
    }
}
