package dev.attache.core.config.services;

import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Value;
import java.util.LinkedHashSet;
import java.util.Set;

/** The names of all entries, also of those that have errors, so that one error does not cause another. */
final class WrittenNames {

    private WrittenNames() {}

    static Set<String> of(Value listOrMap) {
        Set<String> names = new LinkedHashSet<>();
        switch (listOrMap.node()) {
            case Node.Mapping map -> names.addAll(map.entries().keySet());
            case Node.Sequence list -> list.items().forEach(item -> add(item, names));
            case Node.Scalar _, Node.Null _ -> {}
        }
        return names;
    }

    private static void add(Node item, Set<String> names) {
        if (item instanceof Node.Mapping entry) {
            Node.Entry name = entry.entries().get("name");
            if (name != null && name.value() instanceof Node.Scalar scalar) {
                names.add(scalar.text());
            }
        }
    }
}
