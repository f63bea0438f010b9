package dev.attache.core.config.yaml;

import dev.attache.core.config.Source;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of a YAML or JSON text, with its place. Immutable; aliases share their node. */
public sealed interface Node {

    /** Where the node begins. */
    Source source();

    /**
     * A mapping.
     *
     * @param entries entries by key, in the order of the text; keys are unique
     */
    record Mapping(Map<String, Entry> entries, Source source) implements Node {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /**
     * One entry of a mapping.
     *
     * @param keySource where the key begins
     */
    record Entry(String key, Source keySource, Node value) {}

    /** A list. */
    record Sequence(List<Node> items, Source source) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * A single value.
     *
     * @param text text without quotes
     * @param type what the value is by YAML's core schema; quoted text is always a string
     */
    record Scalar(String text, Type type, Source source) implements Node {}

    /** An absent value: nothing, {@code ~} or {@code null}. */
    record Null(Source source) implements Node {}

    /** What a single value is. */
    enum Type {
        /** Quoted, a block, or plain text that is nothing else. */
        STRING,
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** Digits with an optional sign, or 0o and 0x forms. */
        INTEGER,
        /** A number with a fraction or an exponent. */
        NUMBER
    }

    /** The node in words, for error messages: a short scalar as it stands, else what kind of thing it is. */
    default String describe() {
        return switch (this) {
            case Mapping _ -> "a mapping";
            case Sequence _ -> "a list";
            case Null _ -> "nothing";
            case Scalar scalar -> Words.shown(scalar.text());
        };
    }
}
