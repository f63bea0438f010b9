package dev.attache.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers and booleans as indented JSON (RFC 8259). */
final class Json {

    private final StringBuilder out = new StringBuilder(1024);

    private Json() {}

    static String write(Object value) {
        Json json = new Json();
        json.value(value, 0);
        return json.out.append('\n').toString();
    }

    private void value(@Nullable Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> members(map, depth);
            case List<?> list -> items(list, depth);
            case Number number -> out.append(number);
            case Boolean flag -> out.append(flag);
            default -> string(value.toString());
        }
    }

    private void members(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        char before = '{';
        for (Map.Entry<?, ?> member : map.entrySet()) {
            out.append(before);
            line(depth + 1);
            string(String.valueOf(member.getKey()));
            out.append(": ");
            value(member.getValue(), depth + 1);
            before = ',';
        }
        line(depth);
        out.append('}');
    }

    private void items(List<?> list, int depth) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        char before = '[';
        for (Object item : list) {
            out.append(before);
            line(depth + 1);
            value(item, depth + 1);
            before = ',';
        }
        line(depth);
        out.append(']');
    }

    private void line(int depth) {
        out.append('\n').repeat(" ", depth);
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || (Character.isSurrogate(c) && !paired(text, i))) {
                        out.append("\\u").append(String.format("%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
