package dev.attache.core.config.yaml;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A mapping that is being read key by key. A key with no value counts as absent. Wrong values are noted in the {@link
 * Reading} and answered as if they were absent; keys that were never asked for are noted at its end.
 */
public final class Section {

    private static final String UNSERVED = "is not served yet";

    private final Reading reading;
    private final Node.Mapping mapping;
    private final String path;
    private final Set<String> known = new LinkedHashSet<>();
    private final Set<String> taken = new LinkedHashSet<>();
    private final Map<String, Section> sections = new HashMap<>();
    private final Map<String, List<Section>> lists = new HashMap<>();
    private final boolean standIn;

    Section(Reading reading, Node.Mapping mapping, String path) {
        this(reading, mapping, path, false);
    }

    private Section(Reading reading, Node.Mapping mapping, String path, boolean standIn) {
        this.reading = reading;
        this.mapping = mapping;
        this.path = path;
        this.standIn = standIn;
        reading.opened(this);
    }

    /** An empty mapping where there should be one and is none, which was told: all that is missing in it follows. */
    static Section standIn(Reading reading, Source source, String path) {
        return new Section(reading, new Node.Mapping(Map.of(), source), path, true);
    }

    public Source source() {
        return mapping.source();
    }

    public String path() {
        return path;
    }

    /** The path of a key; a path that ends in colons is the prefix of a flat name. */
    public String path(String key) {
        String shown = Words.key(key);
        return path.isEmpty() || path.endsWith("::") ? path + shown : path + "." + shown;
    }

    public Reading reading() {
        return reading;
    }

    /** Whether the key has a value; does not count as asking for it. */
    public boolean has(String key) {
        return !(entry(key).map(Node.Entry::value).orElse(new Node.Null(source())) instanceof Node.Null);
    }

    /** All keys as they were written. */
    public Set<String> keys() {
        return mapping.entries().keySet();
    }

    /** Where the key stands, or the mapping where it is absent. */
    public Source keySource(String key) {
        return entry(key).map(Node.Entry::keySource).orElse(source());
    }

    /** The value of a key. */
    public Optional<Value> value(String key) {
        known.add(key);
        Optional<Node.Entry> entry = entry(key);
        entry.ifPresent(found -> taken.add(found.key()));
        return entry.map(Node.Entry::value)
                .filter(value -> !(value instanceof Node.Null))
                .map(value -> new Value(reading, value, path(key)));
    }

    /** The value of a key that must be there; a problem is noted where it is not. */
    public Optional<Value> required(String key, String expected) {
        Optional<Value> value = value(key);
        if (value.isEmpty()) {
            tell(source(), path(key), "missing", expected);
        }
        return value;
    }

    /** Takes keys whose values make no difference here. */
    public void ignore(String... keys) {
        for (String key : keys) {
            value(key);
        }
    }

    /** Takes every key that is left. */
    public void ignoreRest() {
        taken.addAll(keys());
    }

    public Optional<String> string(String key) {
        return value(key).flatMap(Value::string);
    }

    public String string(String key, String absent) {
        return string(key).orElse(absent);
    }

    /** A text that must be there and not be empty; empty where it is not. */
    public String requiredString(String key) {
        Optional<Value> value = required(key, "a text");
        Optional<String> text = value.flatMap(Value::string);
        if (text.isPresent() && text.get().isEmpty()) {
            value.get().error("a text that is not empty");
        }
        return text.orElse("");
    }

    public Optional<Boolean> bool(String key) {
        return value(key).flatMap(Value::bool);
    }

    public boolean bool(String key, boolean absent) {
        return bool(key).orElse(absent);
    }

    public Optional<Long> integer(String key, long min, long max) {
        return value(key).flatMap(value -> value.integer(min, max));
    }

    public Optional<Double> decimal(String key, double min, double max) {
        return value(key).flatMap(value -> value.decimal(min, max));
    }

    public Optional<Duration> duration(String key) {
        return value(key).flatMap(Value::duration);
    }

    public Optional<Path> file(String key) {
        return value(key).flatMap(Value::file);
    }

    public <E extends Enum<E>> Optional<E> enumeration(String key, Class<E> type) {
        return value(key).flatMap(value -> value.enumeration(type));
    }

    public <T> Optional<T> choice(String key, Map<String, T> choices) {
        return value(key).flatMap(value -> value.choice(choices));
    }

    /** The items of a list (or of a single value); empty where the key is absent. */
    public List<Value> items(String key) {
        return value(key).map(Value::items).orElse(List.of());
    }

    public List<String> strings(String key) {
        return value(key).map(Value::strings).orElse(List.of());
    }

    /** The mapping under a key; asking twice answers the same one. */
    public Optional<Section> section(String key) {
        Section open = sections.get(key);
        if (open != null) {
            return Optional.of(open);
        }
        Optional<Section> section = value(key).map(Value::section);
        section.ifPresent(opened -> sections.put(key, opened));
        return section;
    }

    /** The mapping under a key that must be there; an empty one, and a problem, where it is not. */
    public Section requiredSection(String key) {
        if (!has(key)) {
            required(key, "a mapping");
            return standIn(reading, source(), path(key));
        }
        return section(key).orElseThrow();
    }

    /** The mappings of a list under a key; asking twice answers the same ones. */
    public List<Section> sections(String key) {
        List<Section> open = lists.get(key);
        if (open == null) {
            open = items(key).stream().map(Value::section).toList();
            lists.put(key, open);
        }
        return open;
    }

    /** The first of some keys that exclude each other; an error is noted at each further one. Takes all of them. */
    public Optional<String> oneOf(String... keys) {
        ignore(keys);
        List<String> present = Stream.of(keys).filter(this::has).toList();
        for (String further : present.subList(Math.min(1, present.size()), present.size())) {
            reading.error(keySource(further), path(further), "set beside " + present.getFirst(), "only one of them");
        }
        return present.stream().findFirst();
    }

    /** Refuses keys that the language knows but nothing here serves. */
    public void unsupported(String... keys) {
        for (String key : keys) {
            if (value(key).isPresent()) {
                reading.error(keySource(key), path(key), "not supported", "");
            }
        }
    }

    /** Refuses a key that an earlier version of the language had, and tells its successor. */
    public void removed(String key, String successor) {
        if (value(key).isPresent()) {
            reading.error(keySource(key), path(key), "a field of an earlier version", successor);
        }
    }

    /** Refuses keys that the language knows but nothing here serves, unless they say no. */
    public void unsupportedUnlessFalse(String... keys) {
        for (String key : keys) {
            if (bool(key, false)) {
                reading.error(keySource(key), path(key), "not supported", "false");
            }
        }
    }

    /**
     * Takes keys that change traffic and that nothing here serves yet: the proxy does not start with them, unless the
     * operator lets them be left out.
     */
    public void unserved(String... keys) {
        for (String key : keys) {
            if (value(key).isPresent()) {
                reading.add(ConfigProblem.unserved(keySource(key), path(key), UNSERVED));
            }
        }
    }

    /** The same for a flag, unless it says {@code harmless}. */
    public void unservedUnless(boolean harmless, String... keys) {
        for (String key : keys) {
            if (bool(key, harmless) != harmless) {
                reading.add(ConfigProblem.unserved(keySource(key), path(key), UNSERVED));
            }
        }
    }

    /** Takes keys that the language knows but that change nothing here, with a warning. */
    public void withoutEffect(String... keys) {
        for (String key : keys) {
            warning(key, "has no effect");
        }
    }

    /** Takes a key with a warning, where it is there. */
    public void warning(String key, String found) {
        if (value(key).isPresent()) {
            reading.add(ConfigProblem.warning(keySource(key), path(key), found));
        }
    }

    /** Notes an error about a key, at its value. */
    public void error(String key, String found, String expected) {
        tell(entry(key).map(entry -> entry.value().source()).orElse(source()), path(key), found, expected);
    }

    private void tell(Source at, String where, String found, String expected) {
        if (!standIn) {
            reading.error(at, where, found, expected);
        }
    }

    /**
     * Notes an error that may be no more than what follows of another: it is told unless something is wrong below one of
     * {@code causes}.
     */
    public void consequence(String key, String found, String expected, String... causes) {
        if (!faulty(causes)) {
            error(key, found, expected);
        }
    }

    /** Whether an error was noted at one of these keys, or below it. */
    public boolean faulty(String... keys) {
        return Stream.of(keys).anyMatch(key -> has(key) && reading.faulty(path(key)));
    }

    /** Notes an error about the whole mapping. */
    public void error(String found, String expected) {
        tell(source(), path, found, expected);
    }

    /**
     * Makes a record; where its constructor refuses (with {@code name: found (expected: ...)}), that is noted as a
     * problem of this mapping and the answer is empty.
     */
    public <T> Optional<T> make(Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (IllegalArgumentException refused) {
            String message = String.valueOf(refused.getMessage());
            int colon = message.indexOf(": ");
            String key = colon > 0 ? snakeCase(message.substring(0, colon)) : "";
            if (has(key)) {
                error(key, message.substring(colon + 2), "");
            } else {
                error(message, "");
            }
            return Optional.empty();
        }
    }

    void reportUnknownKeys() {
        for (Node.Entry entry : mapping.entries().values()) {
            if (!taken.contains(entry.key())) {
                reading.error(
                        entry.keySource(), path(entry.key()), "unknown field", "", reading.closest(entry.key(), known));
            }
        }
    }

    private Optional<Node.Entry> entry(String key) {
        Node.Entry entry = mapping.entries().get(key);
        if (entry == null && reading.camelCase()) {
            entry = mapping.entries().get(camelCase(key));
        }
        return Optional.ofNullable(entry);
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private static String camelCase(String key) {
        StringBuilder out = new StringBuilder(key.length());
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c == '_' && i > 0 && i + 1 < key.length()) {
                out.append(Character.toUpperCase(key.charAt(++i)));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
