package dev.attache.core.config;

import java.util.List;
import java.util.Map;

/**
 * Values that an operator may override while the proxy runs; later layers win.
 *
 * @param layers in order
 */
public record RuntimeConfig(List<Layer> layers) {

    /** One admin layer and nothing else. */
    public static final RuntimeConfig DEFAULT = new RuntimeConfig(List.of(new Admin("admin")));

    public RuntimeConfig {
        layers = List.copyOf(layers);
        if (layers.stream().filter(Admin.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("layers: more than one admin layer (expected: at most 1)");
        }
    }

    /** A layer. */
    public sealed interface Layer {
        String name();
    }

    /**
     * Fixed values.
     *
     * @param name   name of the layer
     * @param values dotted keys to values as text
     */
    public record Static(String name, Map<String, String> values) implements Layer {
        public Static {
            values = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(values));
        }
    }

    /** What the admin interface sets. */
    public record Admin(String name) implements Layer {}
}
