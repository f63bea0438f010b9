package dev.attache.core.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlTest {

    @TempDir
    private Path folder;

    @Test
    void knowsThePlaceOfEveryKeyAndValue() {
        Node.Mapping root = (Node.Mapping) Yaml.parse("f.yaml", "a: 1\nb:\n  - x\n  - {c: 'd'}\n");

        Node.Sequence items = (Node.Sequence) entry(root, "b").value();
        Node.Entry inner = entry((Node.Mapping) items.items().get(1), "c");

        assertThat(entry(root, "b").keySource()).isEqualTo(new Source("f.yaml", 2, 1));
        assertThat(items.items().getFirst().source()).isEqualTo(new Source("f.yaml", 3, 5));
        assertThat(inner.keySource()).isEqualTo(new Source("f.yaml", 4, 6));
        assertThat(inner.value().source()).isEqualTo(new Source("f.yaml", 4, 9));
    }

    @Test
    void tellsTheTypesOfTheCoreSchemaApart() {
        Node.Sequence items = (Node.Sequence)
                Yaml.parse("f", "[on, no, true, 12, 0x1F, 1.5, 1e3, '12', ~, null, 2024-01-01, 1:30, .5, -3, !!str 7]");

        assertThat(items.items().stream().map(YamlTest::type))
                .containsExactly(
                        "STRING", "STRING", "BOOLEAN", "INTEGER", "INTEGER", "NUMBER", "NUMBER", "STRING", "NULL",
                        "NULL", "STRING", "STRING", "NUMBER", "INTEGER", "STRING");
    }

    @Test
    void readsJson() {
        Node.Mapping root = (Node.Mapping) Yaml.parse("f.json", "{\"a\": [1, true, null, \"x\\u0041\"],\n\t\"b\": {}}");

        Node.Sequence items = (Node.Sequence) entry(root, "a").value();

        assertThat(items.items().stream().map(YamlTest::type)).containsExactly("INTEGER", "BOOLEAN", "NULL", "STRING");
        assertThat(((Node.Scalar) items.items().get(3)).text()).isEqualTo("xA");
    }

    @Test
    void writesAliasesAndMergeKeysOut() {
        Node.Mapping root = (Node.Mapping) Yaml.parse("f", "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  a: 3\nz: *x\n");

        Node.Mapping merged = (Node.Mapping) entry(root, "y").value();

        assertThat(entry(merged, "a").value().describe()).isEqualTo("3");
        assertThat(entry(merged, "b").value().describe()).isEqualTo("2");
        assertThat(merged.entries()).doesNotContainKey("<<");
        assertThat(entry(root, "z").value()).isSameAs(entry(root, "x").value());
    }

    @Test
    void readsAnEmptyTextAsNothing() {
        assertThat(Yaml.parse("f", "")).isEqualTo(new Node.Null(new Source("f", 1, 1)));
        assertThat(Yaml.parse("f", "# only a comment\n")).isInstanceOf(Node.Null.class);
        assertThat(Yaml.parse("f", "---\n")).isInstanceOf(Node.Null.class);
    }

    @Test
    void passesOverAUtf8ByteOrderMark() throws IOException {
        Path file = Files.writeString(folder.resolve("bom.yaml"), "\uFEFFa: 1\n");

        assertThat(entry((Node.Mapping) Yaml.read(file), "a").keySource()).isEqualTo(new Source(file.toString(), 1, 1));
    }

    @Test
    void refusesHostileText() {
        refuses("a: 1\nb: 2\na: 3\n", "f:3:1: key a for the second time (first in line 1) (expected: each key once)");
        refuses(
                "a:\n\tb: 1\n",
                "f:2:1: not YAML: while scanning for the next token, found character '\\t(TAB)' that cannot start any"
                        + " token. (Do not use \\t(TAB) for indentation)");
        refuses(
                "a: [1, 2\nb: 3\n",
                "f:2:2: not YAML: while parsing a flow sequence (begun in line 1), expected ',' or ']', but got :");
        refuses("a: *b\n", "f:1:4: alias *b (expected: an anchor that ends before it)");
        refuses("a: &a [*a]\n", "f:1:8: alias *a (expected: an anchor that ends before it)");
        refuses("a: 1\n---\nb: 2\n", "f:2:1: a second document (expected: one document)");
        refuses(
                "a: !ruby/object:X {}\n",
                "f:1:4: tag !ruby/object:X (expected: no tag, or one of !!str, !!int, !!float, !!bool, !!null)");
        refuses("? [a]\n: 1\n", "f:1:3: a list as key (expected: a name)");
        refuses("a: 1\nb\u0000: 2\n", "f:2:2: control character U+0000 (expected: printable text)");
        refuses("[".repeat(200_000), "f:1:101: nested deeper than 100 (expected: at most 100 levels)");
        refuses(
                "a: %x",
                "f:1:4: not YAML: while scanning for the next token, found character '%' that cannot start any token."
                        + " (Do not use % for indentation)");
    }

    @Test
    void boundsWhatAliasesExpandTo() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [lol]\n");
        for (int i = 1; i < 30; i++) {
            laughs.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        assertThatThrownBy(() -> Yaml.parse("f", laughs.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("f:\\d+:\\d+: more than 1000000 nodes, counting aliases .*");

        StringBuilder deep = new StringBuilder("a0: &a0 [lol]\n");
        for (int i = 1; i < 200; i++) {
            deep.append("a%d: &a%d [*a%d]\n".formatted(i, i, i - 1));
        }
        assertThatThrownBy(() -> Yaml.parse("f", deep.toString()))
                .hasMessageMatching("f:9\\d:\\d+: nested deeper than 100 .*");
    }

    @Test
    void refusesWhatIsNoTextFile() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {'a', ':', '\n', 'b', (byte) 0xC3, (byte) 0x28});
        Path utf16 = Files.write(folder.resolve("utf16"), "\uFEFFa: 1".getBytes(StandardCharsets.UTF_16LE));

        assertThatThrownBy(() -> Yaml.read(binary))
                .hasMessage(binary + ":2:2: a byte that is not UTF-8 (expected: UTF-8 text)");
        assertThatThrownBy(() -> Yaml.read(utf16))
                .hasMessage(utf16 + ":1:1: a byte that is not UTF-8 (expected: UTF-8 text)");
        assertThatThrownBy(() -> Yaml.read(folder.resolve("none")))
                .hasMessage(folder.resolve("none") + ": no such file (expected: a file that can be read)");
        assertThatThrownBy(() -> Yaml.read(folder)).hasMessage(folder + ": is a directory (expected: a file)");
    }

    @Test
    void mergesLikeProtobuf() {
        Node base = Yaml.parse("base", "a: {x: 1, l: [1]}\nb: 1\nc: 3\nd: {k: v}\n");
        Node over = Yaml.parse("over", "a: {y: 2, l: [2]}\nb: 2\nc:\nd: [w]\n");

        Node expected = Yaml.parse("e", "a: {x: 1, l: [1, 2], y: 2}\nb: 2\nc: 3\nd: [{k: v}, w]\n");

        assertThat(plain(Merge.of(base, over))).isEqualTo(plain(expected));
    }

    private static void refuses(String text, String message) {
        assertThatThrownBy(() -> Yaml.parse("f", text))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    private static Node.Entry entry(Node.Mapping mapping, String key) {
        return mapping.entries().get(key);
    }

    private static String type(Node node) {
        return node instanceof Node.Scalar scalar ? scalar.type().name() : "NULL";
    }

    private static Object plain(Node node) {
        return switch (node) {
            case Node.Null _ -> "null";
            case Node.Scalar scalar -> scalar.text();
            case Node.Sequence sequence ->
                sequence.items().stream().map(YamlTest::plain).toList().toString();
            case Node.Mapping mapping ->
                mapping.entries().values().stream()
                        .map(entry -> entry.key() + "=" + plain(entry.value()))
                        .toList()
                        .toString();
        };
    }
}
