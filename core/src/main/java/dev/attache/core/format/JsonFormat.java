package dev.attache.core.format;

import dev.attache.core.config.LogFormat;
import dev.attache.core.config.LogFormat.JsonValue;
import dev.attache.core.format.Segments.Segment;
import dev.attache.core.http.Exchange;
import java.util.List;

/** One JSON object and a line feed. */
final class JsonFormat implements Format {

    /** A compiled part; false where it is to be left out, with anything appended to be taken back. */
    private interface Node {
        boolean append(StringBuilder out, Exchange exchange);
    }

    private record Member(String key, Node value) {}

    private final Node root;

    JsonFormat(LogFormat.Json format) {
        root = node(format.object(), format.omitEmpty());
    }

    @Override
    public void append(StringBuilder out, Exchange exchange) {
        root.append(out, exchange);
        out.append('\n');
    }

    @Override
    public boolean constant() {
        return false;
    }

    private static Node node(JsonValue value, boolean omitEmpty) {
        return switch (value) {
            case JsonValue.Members members -> object(members, omitEmpty);
            case JsonValue.Items items -> list(items, omitEmpty);
            case JsonValue.Template template -> template(Segments.parse(template.format()), omitEmpty);
            case JsonValue.Numeral numeral -> constant(numeral.literal());
            case JsonValue.Flag flag -> constant(Boolean.toString(flag.value()));
        };
    }

    private static Node object(JsonValue.Members object, boolean omitEmpty) {
        Member[] members = object.members().entrySet().stream()
                .map(entry -> new Member(Escapes.quoted(entry.getKey()) + ":", node(entry.getValue(), omitEmpty)))
                .toArray(Member[]::new);
        return (out, exchange) -> {
            out.append('{');
            String comma = "";
            for (Member member : members) {
                int start = out.length();
                out.append(comma).append(member.key);
                if (member.value.append(out, exchange)) {
                    comma = ",";
                } else {
                    out.setLength(start);
                }
            }
            out.append('}');
            return true;
        };
    }

    private static Node list(JsonValue.Items list, boolean omitEmpty) {
        Node[] items = list.items().stream().map(item -> node(item, omitEmpty)).toArray(Node[]::new);
        return (out, exchange) -> {
            out.append('[');
            String comma = "";
            for (Node item : items) {
                int start = out.length();
                out.append(comma);
                if (item.append(out, exchange)) {
                    comma = ",";
                } else {
                    out.setLength(start);
                }
            }
            out.append(']');
            return true;
        };
    }

    private static Node template(List<Segment> segments, boolean omitEmpty) {
        if (segments.size() == 1 && segments.getFirst() instanceof Segment.Value(Operator operator)) {
            return alone(operator, omitEmpty);
        }
        TextFormat text = new TextFormat(segments, omitEmpty ? "" : "-", false);
        return (out, exchange) -> {
            out.append('"');
            int start = out.length();
            text.append(out, exchange);
            Escapes.json(out, start);
            out.append('"');
            return true;
        };
    }

    /** An operator alone keeps its type. */
    private static Node alone(Operator operator, boolean omitEmpty) {
        boolean number = operator.number();
        return (out, exchange) -> {
            int start = out.length();
            if (!number) {
                out.append('"');
            }
            if (!operator.append(out, exchange)) {
                out.setLength(start);
                out.append("null");
                return !omitEmpty;
            }
            if (!number) {
                Escapes.json(out, start + 1);
                out.append('"');
            }
            return true;
        };
    }

    private static Node constant(String json) {
        return (out, exchange) -> {
            out.append(json);
            return true;
        };
    }
}
