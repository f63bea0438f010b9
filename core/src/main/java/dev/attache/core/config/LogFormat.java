package dev.attache.core.config;

import java.util.List;
import java.util.Map;

/** What a line or a body looks like; strings hold {@code %...%} operators. */
public sealed interface LogFormat {

    /** Text; an absent value is {@code -}, or nothing with {@code omitEmpty}. */
    record Text(String format, boolean omitEmpty) implements LogFormat {}

    /** JSON, one object a line; one operator alone keeps its type, an absent value is null or, with {@code omitEmpty}, left out. */
    record Json(JsonValue.Members object, boolean omitEmpty) implements LogFormat {}

    /** A JSON template. */
    sealed interface JsonValue {
        /** An object; keys keep their order. */
        record Members(Map<String, JsonValue> members) implements JsonValue {
            public Members {
                members = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(members));
            }
        }

        /** A list. */
        record Items(List<JsonValue> items) implements JsonValue {
            public Items {
                items = List.copyOf(items);
            }
        }

        /** A string with operators. */
        record Template(String format) implements JsonValue {}

        /** A number, kept as it was written. */
        record Numeral(String literal) implements JsonValue {}

        /** A boolean. */
        record Flag(boolean value) implements JsonValue {}
    }
}
