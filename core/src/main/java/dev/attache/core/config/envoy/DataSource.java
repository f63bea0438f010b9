package dev.attache.core.config.envoy;

import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Envoy's {@code DataSource}: a text in the configuration, or a file. */
final class DataSource {

    private static final int MAX_BYTES = 1024 * 1024;

    private DataSource() {}

    /** The file that is named under {@code key}; data in the configuration itself is refused. */
    static Optional<Path> file(Context context, Section owner, String key) {
        Optional<Section> source = owner.section(key);
        if (source.isEmpty()) {
            return Optional.empty();
        }
        source.get().ignore("watched_directory");
        Optional<String> kind = source.get().oneOf("filename", "inline_string", "inline_bytes", "environment_variable");
        if (kind.isPresent() && !kind.get().equals("filename")) {
            source.get().error(kind.get(), "not supported here", "filename");
            return Optional.empty();
        }
        Optional<Value> name = source.get().required("filename", "a file name");
        Optional<Path> path = name.flatMap(Value::file);
        return path.map(file -> context.at(name.get(), file));
    }

    /** The text under {@code key}, read from its file where it is in one. */
    static Optional<String> text(Section owner, String key) {
        Optional<Section> source = owner.section(key);
        if (source.isEmpty()) {
            return Optional.empty();
        }
        source.get().ignore("watched_directory");
        source.get().unsupported("inline_bytes", "environment_variable");
        source.get().oneOf("filename", "inline_string");
        Optional<String> inline = source.get().string("inline_string");
        Optional<Value> name = source.get().value("filename");
        if (inline.isEmpty() && name.isEmpty()) {
            source.get().error("neither filename nor inline_string", "one of them");
        }
        return inline.or(() -> name.flatMap(DataSource::content));
    }

    private static Optional<String> content(Value name) {
        Optional<Path> file = name.file();
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                name.error(file.get() + " is larger than 1 MiB", "at most 1 MiB");
                return Optional.empty();
            }
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException failed) {
            name.error(file.get() + " cannot be read", "a file that can be read");
            return Optional.empty();
        }
    }
}
