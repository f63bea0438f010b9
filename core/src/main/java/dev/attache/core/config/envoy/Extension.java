package dev.attache.core.config.envoy;

import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.config.yaml.Words;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code name} with a {@code typed_config}, from which one of several messages is chosen by {@code @type}; the name
 * counts only where there is no type.
 *
 * @param type   full name of the message, without {@code type.googleapis.com/}
 * @param config the message; empty where there is none
 */
record Extension(String type, Section config) {

    private static final String URL_PREFIX = "type.googleapis.com/";

    /**
     * Reads the choice; empty, with an error, where it is none of {@code types}.
     *
     * @param names types by the names under which they may be chosen without a type
     */
    static Optional<Extension> read(Section section, Collection<String> types, Map<String, String> names) {
        section.removed("config", "typed_config with @type");
        Optional<Value> name = section.value("name");
        Optional<Section> config = section.section("typed_config");
        if (config.isEmpty()) {
            return byName(section, name, names);
        }
        Optional<Value> url = config.get().required("@type", "type.googleapis.com/ and the name of a message");
        Optional<String> type = url.flatMap(Value::string).map(Extension::messageName);
        if (type.isPresent() && types.contains(type.get())) {
            return Optional.of(new Extension(type.get(), config.get()));
        }
        config.get().ignoreRest();
        type.ifPresent(found -> refuse(url.get(), found, List.copyOf(types)));
        return Optional.empty();
    }

    private static Optional<Extension> byName(Section section, Optional<Value> name, Map<String, String> names) {
        Optional<String> text = name.flatMap(Value::string);
        String type = names.getOrDefault(text.orElse(""), "");
        if (text.isEmpty() || type.isEmpty()) {
            if (!section.has("config")) {
                section.required("typed_config", "a message with @type");
            }
            return Optional.empty();
        }
        return Optional.of(
                new Extension(type, section.value("name").orElseThrow().noSection()));
    }

    private static void refuse(Value url, String found, Collection<String> types) {
        String closest = Words.closest(found, types);
        String expected = types.size() == 1 ? types.iterator().next() : "one of " + String.join(", ", types);
        url.refuse(found + " is not supported", expected, closest);
    }

    private static String messageName(String url) {
        return url.startsWith(URL_PREFIX) ? url.substring(URL_PREFIX.length()) : url;
    }
}
