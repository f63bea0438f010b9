package dev.attache.core.config.yaml;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Composes parser events into nodes. Composes by itself instead of through the library so that the expansion of aliases
 * is bounded by what it weighs, and duplicate keys are told with both places. Nested as deep as the text, which is
 * bounded.
 */
final class Composer {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_WEIGHT = 1_000_000;
    private static final int LEAST_BUFFER = 1024;

    // The library copies what it has of a scalar for each piece of text that it takes up.
    private static final int PIECES = 16;
    private static final String MERGE_KEY = "<<";

    /** A finished node that an alias may name, with the weight and height that each use of it adds. */
    private record Anchored(Node node, int weight, int height) {}

    private final String file;
    private final Map<String, Anchored> anchors = new HashMap<>();
    private int weight;
    private int deepest;

    Composer(String file) {
        this.file = file;
    }

    Node compose(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(Integer.MAX_VALUE)
                .setBufferSize(Math.max(LEAST_BUFFER, text.length() / PIECES))
                .build();
        try {
            return document(new Parse(settings).parseString(text).iterator());
        } catch (MarkedYamlEngineException wrong) {
            Source source = wrong.getProblemMark()
                    .or(wrong::getContextMark)
                    .map(this::source)
                    .orElse(whole());
            throw Yaml.problem(source, "not YAML: " + sentence(wrong), "");
        } catch (ReaderException wrong) {
            String character = String.format(Locale.ROOT, "U+%04X", wrong.getCodePoint());
            throw Yaml.problem(place(text, wrong.getCodePoint()), "control character " + character, "printable text");
        } catch (YamlEngineException wrong) {
            throw Yaml.problem(whole(), "not YAML: " + wrong.getMessage(), "");
        }
    }

    private Node document(Iterator<Event> events) {
        events.next(); // stream start
        Event first = events.next();
        if (first.getEventId() == Event.ID.StreamEnd) {
            return new Node.Null(new Source(file, 1, 1));
        }
        Node root = node(events.next(), events, 1);
        events.next(); // document end
        Event after = events.next();
        if (after.getEventId() != Event.ID.StreamEnd) {
            throw Yaml.problem(source(after), "a second document", "one document");
        }
        return root;
    }

    private Node node(Event event, Iterator<Event> events, int depth) {
        if (depth > MAX_DEPTH) {
            throw Yaml.problem(source(event), "nested deeper than " + MAX_DEPTH, "at most " + MAX_DEPTH + " levels");
        }
        int weightBefore = weight;
        int deepestBefore = deepest;
        deepest = depth;
        Node node = switch (event) {
            case AliasEvent alias -> alias(alias, depth);
            case ScalarEvent scalar -> scalar(scalar);
            case SequenceStartEvent start -> sequence(start, events, depth);
            case MappingStartEvent start -> mapping(start, events, depth);
            default -> throw new IllegalStateException("event " + event.getEventId());
        };
        if (!(event instanceof AliasEvent)) {
            add(1, event);
            Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
            anchor.ifPresent(
                    name -> anchors.put(name.getValue(), new Anchored(node, weight - weightBefore, deepest - depth)));
        }
        deepest = Math.max(deepest, deepestBefore);
        return node;
    }

    private void add(int added, Event event) {
        weight += added;
        if (weight > MAX_WEIGHT) {
            throw Yaml.problem(
                    source(event), "more than " + MAX_WEIGHT + " nodes, counting aliases", "a smaller document");
        }
    }

    private Node alias(AliasEvent event, int depth) {
        Anchored anchored = anchors.get(event.getAlias().getValue());
        if (anchored == null) {
            throw Yaml.problem(
                    source(event),
                    "alias *" + Words.shown(event.getAlias().getValue()),
                    "an anchor that ends before it");
        }
        if (depth + anchored.height() > MAX_DEPTH) {
            throw Yaml.problem(source(event), "nested deeper than " + MAX_DEPTH, "at most " + MAX_DEPTH + " levels");
        }
        deepest = depth + anchored.height();
        add(anchored.weight(), event);
        return anchored.node();
    }

    private Node scalar(ScalarEvent event) {
        Source source = source(event);
        add(event.getValue().length() / 64, event);
        String tag = event.getTag().orElse("");
        return switch (tag) {
            case "" ->
                event.isPlain() && event.getImplicit().canOmitTagInPlainScalar()
                        ? CoreSchema.resolve(event.getValue(), source)
                        : new Node.Scalar(event.getValue(), Node.Type.STRING, source);
            case "!", "tag:yaml.org,2002:str" -> new Node.Scalar(event.getValue(), Node.Type.STRING, source);
            case "tag:yaml.org,2002:null",
                    "tag:yaml.org,2002:bool",
                    "tag:yaml.org,2002:int",
                    "tag:yaml.org,2002:float" -> CoreSchema.resolve(event.getValue(), source);
            default -> throw unknownTag(source, tag);
        };
    }

    private Node sequence(SequenceStartEvent start, Iterator<Event> events, int depth) {
        checkTag(start.getTag(), "tag:yaml.org,2002:seq", start);
        List<Node> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event, events, depth + 1));
        }
        return new Node.Sequence(items, source(start));
    }

    private Node mapping(MappingStartEvent start, Iterator<Event> events, int depth) {
        checkTag(start.getTag(), "tag:yaml.org,2002:map", start);
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        List<Node.Mapping> merged = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            Source keySource = source(event);
            String key = key(node(event, events, depth + 1), keySource);
            boolean plain = event instanceof ScalarEvent scalar && scalar.isPlain();
            Node value = node(events.next(), events, depth + 1);
            if (plain && key.equals(MERGE_KEY)) {
                merged.addAll(mergeable(value, keySource));
                continue;
            }
            Node.Entry earlier = entries.putIfAbsent(key, new Node.Entry(key, keySource, value));
            if (earlier != null) {
                Source first = earlier.keySource();
                throw Yaml.problem(
                        keySource,
                        "key " + Words.shown(key) + " for the second time (first in line " + first.line() + ")",
                        "each key once");
            }
        }
        // A merge key gives what the mapping itself does not say, wherever it stands.
        for (Node.Mapping from : merged) {
            from.entries().forEach(entries::putIfAbsent);
        }
        return new Node.Mapping(entries, source(start));
    }

    private static String key(Node node, Source source) {
        return switch (node) {
            case Node.Scalar scalar -> scalar.text();
            case Node.Null _ -> throw Yaml.problem(source, "an empty key", "a name");
            case Node.Mapping _, Node.Sequence _ -> throw Yaml.problem(source, node.describe() + " as key", "a name");
        };
    }

    private static List<Node.Mapping> mergeable(Node value, Source source) {
        if (value instanceof Node.Mapping mapping) {
            return List.of(mapping);
        }
        List<Node.Mapping> mappings = new ArrayList<>();
        if (value instanceof Node.Sequence sequence) {
            for (Node item : sequence.items()) {
                mappings.addAll(mergeable(item, source));
            }
            return mappings;
        }
        throw Yaml.problem(source, "merge of " + value.describe(), "a mapping, or a list of mappings");
    }

    private void checkTag(Optional<String> tag, String allowed, Event event) {
        if (tag.isPresent() && !tag.get().equals(allowed) && !tag.get().equals("!")) {
            throw unknownTag(source(event), tag.get());
        }
    }

    private static ConfigException unknownTag(Source source, String tag) {
        return Yaml.problem(
                source, "tag " + Words.shown(tag), "no tag, or one of !!str, !!int, !!float, !!bool, !!null");
    }

    private static String sentence(MarkedYamlEngineException wrong) {
        String context = wrong.getContext();
        String problem = wrong.getProblem();
        String began = wrong.getContextMark()
                .map(mark -> " (begun in line " + (mark.getLine() + 1) + ")")
                .orElse("");
        String both = context == null || context.isEmpty() ? problem : context + began + ", " + problem;
        return both.replace('\n', ' ');
    }

    private Source whole() {
        return new Source(file, 0, 0);
    }

    private Source source(Event event) {
        return event.getStartMark().map(this::source).orElse(whole());
    }

    private Source source(Mark mark) {
        return new Source(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private Source place(String text, int codePoint) {
        int index = text.indexOf(codePoint);
        if (index < 0) {
            return whole();
        }
        int line = 1
                + (int) text.substring(0, index).chars().filter(c -> c == '\n').count();
        return new Source(file, line, index - text.lastIndexOf('\n', index - 1));
    }
}
