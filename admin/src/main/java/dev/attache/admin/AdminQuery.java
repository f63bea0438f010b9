package dev.attache.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameters of a call to the admin interface, in their order; of a repeated one the last counts.
 *
 * @param parameters decoded names and values; the value of {@code ?name} is empty
 */
record AdminQuery(Map<String, String> parameters) {

    AdminQuery {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads a raw query.
     *
     * @throws IllegalArgumentException when an escape is broken
     */
    static AdminQuery parse(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part : query.split("&", -1)) {
            if (!part.isEmpty()) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                String value = equals < 0 ? "" : part.substring(equals + 1);
                parameters.put(decode(name), decode(value));
            }
        }
        return new AdminQuery(parameters);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    boolean has(String name) {
        return parameters.containsKey(name);
    }

    String get(String name, String otherwise) {
        return parameters.getOrDefault(name, otherwise);
    }
}
