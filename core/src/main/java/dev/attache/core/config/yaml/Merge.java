package dev.attache.core.config.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Protobuf's merge of two trees: mappings key by key, lists appended, single values replaced. */
public final class Merge {

    private Merge() {}

    /** {@code base} with {@code over} merged over it; where one is a list, the other is taken as one too. */
    public static Node of(Node base, Node over) {
        if (over instanceof Node.Null) {
            return base;
        }
        if (base instanceof Node.Mapping below && over instanceof Node.Mapping above) {
            return mappings(below, above);
        }
        if (base instanceof Node.Sequence || (over instanceof Node.Sequence && !(base instanceof Node.Null))) {
            List<Node> items = new ArrayList<>(items(base));
            items.addAll(items(over));
            return new Node.Sequence(items, base.source());
        }
        return over;
    }

    private static Node mappings(Node.Mapping below, Node.Mapping above) {
        Map<String, Node.Entry> entries = new LinkedHashMap<>(below.entries());
        above.entries()
                .forEach((key, entry) -> entries.merge(
                        key,
                        entry,
                        (first, second) -> new Node.Entry(key, second.keySource(), of(first.value(), second.value()))));
        return new Node.Mapping(entries, below.source());
    }

    private static List<Node> items(Node node) {
        return node instanceof Node.Sequence sequence ? sequence.items() : List.of(node);
    }
}
