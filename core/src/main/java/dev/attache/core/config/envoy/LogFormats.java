package dev.attache.core.config.envoy;

import dev.attache.core.config.LogFormat;
import dev.attache.core.config.LogFormat.JsonValue;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.format.Format;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code SubstitutionFormatString}, of log lines and of bodies. */
final class LogFormats {

    private LogFormats() {}

    /** A format; empty, with an error, where the message holds none. */
    static Optional<LogFormat> read(Section section) {
        section.ignore("json_format_options");
        section.unsupported("formatters");
        boolean omitEmpty = section.bool("omit_empty_values", false);
        Optional<String> kind = section.oneOf("text_format", "text_format_source", "json_format");
        Optional<LogFormat> text = section.string("text_format")
                .or(() -> DataSource.text(section, "text_format_source"))
                .map(format -> new LogFormat.Text(format, omitEmpty));
        text.ifPresent(format -> check(section.value(kind.orElse("text_format")).orElseThrow(), format));
        Optional<LogFormat> json = section.value("json_format").flatMap(value -> json(value, omitEmpty));
        if (kind.isEmpty()) {
            section.error("no format", "text_format, text_format_source or json_format");
        }
        return text.or(() -> json);
    }

    /** A JSON template, whose keys are free. */
    static Optional<LogFormat> json(Value value, boolean omitEmpty) {
        if (value.node() instanceof Node.Mapping mapping) {
            LogFormat format = new LogFormat.Json(members(mapping), omitEmpty);
            check(value, format);
            return Optional.of(format);
        }
        value.error("a mapping");
        return Optional.empty();
    }

    /** A text of a message of an earlier version. */
    static Optional<LogFormat> text(Value value) {
        Optional<LogFormat> format = value.string().map(text -> new LogFormat.Text(text, false));
        format.ifPresent(text -> check(value, text));
        return format;
    }

    /** Notes an error at {@code value} where the format is wrong. */
    static void check(Value value, LogFormat format) {
        try {
            Format.line(format);
        } catch (IllegalArgumentException wrong) {
            value.error(String.valueOf(wrong.getMessage()), "");
        }
    }

    private static JsonValue.Members members(Node.Mapping mapping) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> members.put(key, json(entry.value())));
        return new JsonValue.Members(members);
    }

    private static JsonValue json(Node node) {
        return switch (node) {
            case Node.Mapping mapping -> members(mapping);
            case Node.Sequence sequence ->
                new JsonValue.Items(
                        sequence.items().stream().map(LogFormats::json).toList());
            // The one word besides numbers that JSON writes without quotes and that needs no type of its own.
            case Node.Null _ -> new JsonValue.Numeral("null");
            case Node.Scalar scalar ->
                switch (scalar.type()) {
                    case STRING -> new JsonValue.Template(scalar.text());
                    case BOOLEAN -> new JsonValue.Flag(scalar.text().equalsIgnoreCase("true"));
                    case INTEGER, NUMBER -> number(scalar.text());
                };
        };
    }

    /** Numbers that JSON cannot write, such as {@code 0x1F} or {@code .inf}, stay texts. */
    private static JsonValue number(String text) {
        return text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?")
                ? new JsonValue.Numeral(text)
                : new JsonValue.Template(text);
    }
}
