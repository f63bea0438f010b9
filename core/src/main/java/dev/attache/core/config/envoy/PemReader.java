package dev.attache.core.config.envoy;

import dev.attache.core.config.PemSource;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.config.yaml.Words;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Envoy's {@code DataSource} where it holds certificates, a key or revocation lists. What is told of a wrong one never
 * repeats it: it may be a key, or have one in the wrong place.
 */
final class PemReader {

    private static final String KINDS = "filename, inline_string, inline_bytes or environment_variable";

    private final Context context;

    PemReader(Context context) {
        this.context = context;
    }

    /** What stands under {@code key}; empty where nothing does, or it cannot be read. */
    Optional<PemSource> read(Section owner, String key) {
        Optional<Value> written = owner.value(key);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        if (!written.get().isMapping()) {
            written.get().error("no data source", "a mapping with " + KINDS);
            return Optional.empty();
        }
        Section source = owner.section(key).orElseThrow();
        source.ignore("watched_directory");
        Optional<String> kind = source.oneOf("filename", "inline_string", "inline_bytes", "environment_variable");
        if (kind.isEmpty()) {
            source.error("nothing", KINDS);
            return Optional.empty();
        }
        Value value = source.value(kind.get()).orElseThrow();
        return switch (kind.get()) {
            case "filename" -> file(value);
            case "inline_string" -> value.string().flatMap(text -> inline(value, text));
            case "inline_bytes" -> bytes(value).flatMap(text -> inline(value, text));
            default -> variable(value).flatMap(text -> inline(value, text));
        };
    }

    private Optional<PemSource> file(Value value) {
        return notPem(value, "a file name").isEmpty()
                ? Optional.empty()
                : value.file().map(path -> PemSource.of(context.at(value, path)));
    }

    private Optional<PemSource> inline(Value value, String text) {
        if (text.isBlank()) {
            value.error("an empty text", "PEM");
            return Optional.empty();
        }
        return Optional.of(context.at(value, PemSource.inline(text)));
    }

    /** Standard base64 or the one for URLs, padded or not, as protobuf's JSON form has it. */
    private static Optional<String> bytes(Value value) {
        Optional<String> text = notPem(value, "PEM in base64");
        if (text.isEmpty()) {
            return text;
        }
        String standard = text.get().replaceAll("\\s", "").replace('-', '+').replace('_', '/');
        try {
            return Optional.of(new String(Base64.getDecoder().decode(standard), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException _) {
            value.error("not base64", "PEM in base64");
            return Optional.empty();
        }
    }

    private static Optional<String> variable(Value value) {
        Optional<String> name = notPem(value, "the name of a variable");
        Optional<String> text = name.map(System::getenv);
        if (name.isPresent() && text.isEmpty()) {
            value.error("environment variable " + Words.shown(name.get()) + " is not set", "one that holds PEM");
        }
        return text;
    }

    /** A text that is not PEM itself, which stands under the wrong key. */
    private static Optional<String> notPem(Value value, String expected) {
        Optional<String> found = value.string();
        if (found.filter(Words::isPem).isPresent()) {
            value.error("PEM", expected + "; inline_string is for PEM");
            return Optional.empty();
        }
        return found;
    }
}
