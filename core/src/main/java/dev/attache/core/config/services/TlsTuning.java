package dev.attache.core.config.services;

import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.yaml.Section;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Versions, suites and curves, which are written alike in the TLS terminator's keys and in the native form. */
final class TlsTuning {

    private static final Map<String, String> VERSIONS = versions();

    private TlsTuning() {}

    /** What a section says, with {@code min} and {@code max} the names of the keys of the versions. */
    static TlsParameters read(Section section, String min, String max) {
        String least = version(section, min).orElse(TlsParameters.MODERN.minVersion());
        String most = version(section, max).orElse(TlsParameters.MODERN.maxVersion());
        if (least.compareTo(most) > 0) {
            section.error(min, least + " is above " + max + ", " + most, "at most " + most);
        }
        return new TlsParameters(least, most, section.strings("cipher_suites"), section.strings("ecdh_curves"));
    }

    private static Optional<String> version(Section section, String key) {
        return section.choice(key, VERSIONS);
    }

    private static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("TLSV1.2", "TLSv1.2");
        versions.put("TLSV1.3", "TLSv1.3");
        versions.put("TLSV1_2", "TLSv1.2");
        versions.put("TLSV1_3", "TLSv1.3");
        return versions;
    }
}
