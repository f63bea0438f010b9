package dev.attache.core.config.yaml;

import dev.attache.core.config.Source;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A node that is being read, with its path. Each accessor answers empty, having noted a problem, where the node is not
 * what was asked for.
 */
public final class Value {

    private final Reading reading;
    private final Node node;
    private final String path;

    Value(Reading reading, Node node, String path) {
        this.reading = reading;
        this.node = node;
        this.path = path;
    }

    public Node node() {
        return node;
    }

    public Source source() {
        return node.source();
    }

    /** Such as {@code static_resources.clusters[2]}. */
    public String path() {
        return path;
    }

    /** The same node under another path, for a tree that is a part of a larger whole. */
    public Value at(String otherPath) {
        return new Value(reading, node, otherPath);
    }

    /** The reading that this value is a part of. */
    public Reading reading() {
        return reading;
    }

    public boolean isMapping() {
        return node instanceof Node.Mapping;
    }

    public boolean isList() {
        return node instanceof Node.Sequence;
    }

    /** Notes that this value, although well formed, is not acceptable. */
    public void error(String expected) {
        error(node.describe(), expected);
    }

    /** Notes what is wrong with this value. */
    public void error(String found, String expected) {
        reading.error(source(), path, found, expected);
    }

    /** Notes what is wrong with this value, and what may have been meant. */
    public void refuse(String found, String expected, String suggestion) {
        reading.error(source(), path, found, expected, suggestion);
    }

    /** An empty mapping in this value's place. */
    public Section noSection() {
        return new Section(reading, new Node.Mapping(Map.of(), source()), path);
    }

    /** A text; numbers and booleans count as the text they were written as. */
    public Optional<String> string() {
        return scalar("a text").map(Node.Scalar::text);
    }

    /** A path of a file. */
    public Optional<Path> file() {
        Optional<String> text = string();
        try {
            if (text.isPresent() && (text.get().isEmpty() || Words.isPem(text.get()))) {
                error("a file name");
                return Optional.empty();
            }
            return text.map(Path::of);
        } catch (InvalidPathException _) {
            error("a file name");
            return Optional.empty();
        }
    }

    /** True or false; plain {@code yes}, {@code no}, {@code on} and {@code off} count as well. */
    public Optional<Boolean> bool() {
        String expected = "true or false";
        Optional<Node.Scalar> scalar = scalar(expected);
        if (scalar.isEmpty()) {
            return Optional.empty();
        }
        return switch (scalar.get().text().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> Optional.of(true);
            case "false", "no", "off" -> Optional.of(false);
            default -> {
                error(expected);
                yield Optional.empty();
            }
        };
    }

    /** An integer within the bounds, both included. */
    public Optional<Long> integer(long min, long max) {
        String expected = max == Long.MAX_VALUE ? "an integer of " + min + " or more" : min + " to " + max;
        Optional<Node.Scalar> scalar = scalar(expected);
        if (scalar.isEmpty()) {
            return Optional.empty();
        }
        try {
            long value = exactly(scalar.get().text());
            if (value >= min && value <= max) {
                return Optional.of(value);
            }
        } catch (ArithmeticException | NumberFormatException _) {
            // Told below, as every other value that is no integer in the range.
        }
        error(expected);
        return Optional.empty();
    }

    private static long exactly(String text) {
        if (text.length() > 40) {
            throw new ArithmeticException("too long");
        }
        if (text.startsWith("0x")) {
            return new BigInteger(text.substring(2), 16).longValueExact();
        }
        if (text.startsWith("0o")) {
            return new BigInteger(text.substring(2), 8).longValueExact();
        }
        return new BigDecimal(text).longValueExact();
    }

    /** A finite number. */
    public Optional<Double> decimal(double min, double max) {
        String expected =
                "a number from " + new BigDecimal(min).toPlainString() + " to " + new BigDecimal(max).toPlainString();
        Optional<Node.Scalar> scalar = scalar(expected);
        if (scalar.isEmpty()) {
            return Optional.empty();
        }
        try {
            double value = Double.parseDouble(scalar.get().text());
            if (value >= min && value <= max) {
                return Optional.of(value);
            }
        } catch (NumberFormatException _) {
            // Told below, as every other value that is no number in the range.
        }
        error(expected);
        return Optional.empty();
    }

    /** A duration in the form of the language that is read. */
    public Optional<Duration> duration() {
        DurationForm form = reading.durations();
        Optional<Node.Scalar> scalar = scalar(form.expected());
        Optional<Duration> duration = scalar.flatMap(it -> form.parse(it.text()));
        if (scalar.isPresent() && duration.isEmpty()) {
            error(form.expected());
        }
        return duration;
    }

    /** A constant of {@code type} by its name, in any case. */
    public <E extends Enum<E>> Optional<E> enumeration(Class<E> type) {
        Map<String, E> choices = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            choices.put(constant.name(), constant);
        }
        return choice(choices);
    }

    /** One of some names (given in upper case), in any case. */
    public <T> Optional<T> choice(Map<String, T> choices) {
        String expected = choices.size() == 1
                ? choices.keySet().iterator().next()
                : "one of " + String.join(", ", choices.keySet());
        Optional<Node.Scalar> scalar = scalar(expected);
        if (scalar.isEmpty()) {
            return Optional.empty();
        }
        String text = scalar.get().text();
        T chosen = choices.get(text.toUpperCase(Locale.ROOT));
        if (chosen == null) {
            reading.error(source(), path, Words.shown(text), expected, reading.closest(text, choices.keySet()));
        }
        return Optional.ofNullable(chosen);
    }

    /** A mapping; an empty one where the node is none. */
    public Section section() {
        if (node instanceof Node.Mapping mapping) {
            return new Section(reading, mapping, path);
        }
        if (node instanceof Node.Null) {
            return noSection();
        }
        error("a mapping");
        return Section.standIn(reading, source(), path);
    }

    /** The items of a list; a single value or mapping counts as a list of one, nothing as an empty one. */
    public List<Value> items() {
        return switch (node) {
            case Node.Null _ -> List.of();
            case Node.Scalar _, Node.Mapping _ -> List.of(this);
            case Node.Sequence sequence -> {
                List<Value> items = new ArrayList<>();
                for (Node item : sequence.items()) {
                    items.add(new Value(reading, item, path + "[" + items.size() + "]"));
                }
                yield List.copyOf(items);
            }
        };
    }

    /** Texts of a list, or of a single value. */
    public List<String> strings() {
        return items().stream().flatMap(item -> item.string().stream()).toList();
    }

    private Optional<Node.Scalar> scalar(String expected) {
        if (node instanceof Node.Scalar scalar) {
            return Optional.of(scalar);
        }
        error(expected);
        return Optional.empty();
    }
}
