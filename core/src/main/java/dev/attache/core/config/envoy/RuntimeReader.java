package dev.attache.core.config.envoy;

import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code LayeredRuntime}. */
final class RuntimeReader {

    private RuntimeReader() {}

    static RuntimeConfig read(Section bootstrap) {
        Optional<Section> section = bootstrap.section("layered_runtime");
        if (section.isEmpty() || section.get().items("layers").isEmpty()) {
            return RuntimeConfig.DEFAULT;
        }
        List<RuntimeConfig.Layer> layers = new ArrayList<>();
        for (Section layer : section.get().sections("layers")) {
            layer(layer).ifPresent(layers::add);
        }
        return section.get().make(() -> new RuntimeConfig(layers)).orElse(RuntimeConfig.DEFAULT);
    }

    private static Optional<RuntimeConfig.Layer> layer(Section section) {
        section.unsupported("disk_layer", "rtds_layer");
        String name = section.requiredString("name");
        Optional<String> kind = section.oneOf("static_layer", "admin_layer");
        Optional<Value> fixed = section.value("static_layer");
        section.section("admin_layer");
        if (fixed.isPresent()) {
            Map<String, String> values = new LinkedHashMap<>();
            if (fixed.get().node() instanceof Node.Mapping mapping) {
                flatten("", mapping, values);
            } else {
                fixed.get().error("a mapping");
            }
            return Optional.of(new RuntimeConfig.Static(name, values));
        }
        if (kind.isEmpty() && !section.has("disk_layer") && !section.has("rtds_layer")) {
            section.error("an empty layer", "static_layer or admin_layer");
        }
        return kind.map(_ -> new RuntimeConfig.Admin(name));
    }

    /** Nested mappings are dotted keys; what is no single value has none. */
    private static void flatten(String prefix, Node.Mapping mapping, Map<String, String> values) {
        mapping.entries().forEach((key, entry) -> {
            String path = prefix + key;
            switch (entry.value()) {
                case Node.Mapping inner -> flatten(path + ".", inner, values);
                case Node.Scalar scalar -> values.put(path, scalar.text());
                case Node.Sequence _, Node.Null _ -> {}
            }
        });
    }

    /** The last whole number that the fixed layers say for a key; an operator's may differ later. */
    static Optional<Long> number(RuntimeConfig runtime, String key) {
        Optional<Long> last = Optional.empty();
        for (RuntimeConfig.Layer layer : runtime.layers()) {
            if (layer instanceof RuntimeConfig.Static fixed) {
                String text = fixed.values().getOrDefault(key, "");
                if (text.matches("[0-9]{1,18}")) {
                    last = Optional.of(Long.valueOf(text));
                }
            }
        }
        return last;
    }
}
