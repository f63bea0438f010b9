package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Positions;
import dev.attache.core.config.Source;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A good bootstrap with one node replaced, many times over: read or refused with places, but never broken by it. */
class EnvoyMutationsTest {

    private static final int MUTATIONS = Integer.getInteger("attache.mutations", 250);
    private static final List<String> ODDITIES = List.of(
            "",
            "x",
            "-1",
            "0",
            "1.5",
            "99999999999999999999",
            "true",
            "'*'",
            "0s",
            "-5s",
            "1e400",
            ".nan",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "[{}]",
            "{a: b}",
            "[x, x]",
            "'('",
            "\"\\0\"",
            "'::'",
            "'%'",
            "\"\\u00e9\"");

    private final Random random = new Random(20_261_123);

    @Test
    void isReadOrRefusedWithAPlace() throws IOException {
        Node original;
        try (InputStream in = EnvoyMutationsTest.class.getResourceAsStream("everything.yaml")) {
            original = Yaml.parse("f", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        int nodes = count(original);
        for (int i = 0; i < MUTATIONS; i++) {
            int target = random.nextInt(nodes);
            String oddity = ODDITIES.get(random.nextInt(ODDITIES.size()));
            Node mutated = new Mutation(target, Yaml.parse("odd", oddity)).of(original);
            Reading reading = EnvoyBootstrap.reading();
            try {
                EnvoyBootstrap.read(reading.root(mutated), new Positions());
            } catch (RuntimeException broken) {
                fail("node " + target + " replaced by " + oddity, broken);
            }
            reading.reportUnknownKeys();
            assertThat(reading.problems().stream().map(ConfigProblem::source)).doesNotContain(Source.NONE);
        }
    }

    private static int count(Node node) {
        return switch (node) {
            case Node.Mapping mapping ->
                1
                        + mapping.entries().values().stream()
                                .mapToInt(entry -> count(entry.value()))
                                .sum();
            case Node.Sequence sequence ->
                1
                        + sequence.items().stream()
                                .mapToInt(EnvoyMutationsTest::count)
                                .sum();
            case Node.Scalar _, Node.Null _ -> 1;
        };
    }

    /** Replaces the node of one number, counted from the root downward. */
    private static final class Mutation {
        private final int target;
        private final Node replacement;
        private int seen;

        Mutation(int target, Node replacement) {
            this.target = target;
            this.replacement = replacement;
        }

        Node of(Node node) {
            if (seen++ == target) {
                return replacement;
            }
            return switch (node) {
                case Node.Mapping mapping -> {
                    Map<String, Node.Entry> entries = new LinkedHashMap<>();
                    mapping.entries()
                            .forEach((key, entry) ->
                                    entries.put(key, new Node.Entry(key, entry.keySource(), of(entry.value()))));
                    yield new Node.Mapping(entries, mapping.source());
                }
                case Node.Sequence sequence -> {
                    List<Node> items = new ArrayList<>();
                    sequence.items().forEach(item -> items.add(of(item)));
                    yield new Node.Sequence(items, sequence.source());
                }
                case Node.Scalar _, Node.Null _ -> node;
            };
        }
    }
}
