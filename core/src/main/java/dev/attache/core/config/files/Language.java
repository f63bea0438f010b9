package dev.attache.core.config.files;

import dev.attache.core.config.envoy.EnvoyBootstrap;
import dev.attache.core.config.services.ServicesReader;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Words;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A language in which a configuration can be written; told by the keys at the top of a file. */
public enum Language {
    /** An Envoy v3 bootstrap. */
    ENVOY,
    /** The services-proxy form. */
    SERVICES;

    private static final List<String> KNOWN_KEYS = knownKeys();

    boolean recognises(String key) {
        return switch (this) {
            case ENVOY -> EnvoyBootstrap.recognises(key);
            case SERVICES -> ServicesReader.recognises(key);
        };
    }

    /** The languages that a file may be written in: those of its keys that belong to one language alone. */
    static Set<Language> of(Node.Mapping file) {
        Set<Language> languages = EnumSet.noneOf(Language.class);
        for (String key : file.entries().keySet()) {
            only(key).ifPresent(languages::add);
        }
        if (languages.isEmpty() && file.entries().keySet().stream().anyMatch(Language::shared)) {
            return EnumSet.allOf(Language.class);
        }
        return languages;
    }

    /** The first key of the file that belongs to this language alone. */
    Optional<Node.Entry> firstKey(Node.Mapping file) {
        return file.entries().values().stream()
                .filter(entry -> only(entry.key()).equals(Optional.of(this)))
                .findFirst();
    }

    /** A key of some language that is close to {@code key}; empty text where there is none. */
    static String closest(String key) {
        return Words.closest(key, KNOWN_KEYS);
    }

    private static Optional<Language> only(String key) {
        boolean envoy = ENVOY.recognises(key);
        boolean services = SERVICES.recognises(key);
        if (envoy == services) {
            return Optional.empty();
        }
        return Optional.of(envoy ? ENVOY : SERVICES);
    }

    private static boolean shared(String key) {
        return ENVOY.recognises(key) && SERVICES.recognises(key);
    }

    private static List<String> knownKeys() {
        List<String> keys = new ArrayList<>(EnvoyBootstrap.TOP_LEVEL_KEYS);
        keys.addAll(List.of("listeners", "services", "services_proxy", "enabled_listeners"));
        return List.copyOf(keys);
    }
}
