package dev.attache.core.config.yaml;

import dev.attache.core.config.Source;
import java.util.regex.Pattern;

/** What a plain scalar is, by the core schema of YAML 1.2 (a superset of JSON's). */
final class CoreSchema {

    private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
    private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]++|0o[0-7]++|0x[0-9a-fA-F]++");
    private static final Pattern NUMBER = Pattern.compile(
            "[-+]?(\\.[0-9]++|[0-9]++(\\.[0-9]*+)?)([eE][-+]?[0-9]++)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    private CoreSchema() {}

    static Node resolve(String text, Source source) {
        if (NULL.matcher(text).matches()) {
            return new Node.Null(source);
        }
        return new Node.Scalar(text, type(text), source);
    }

    private static Node.Type type(String text) {
        if (BOOLEAN.matcher(text).matches()) {
            return Node.Type.BOOLEAN;
        }
        if (INTEGER.matcher(text).matches()) {
            return Node.Type.INTEGER;
        }
        return NUMBER.matcher(text).matches() ? Node.Type.NUMBER : Node.Type.STRING;
    }
}
