package dev.attache.core.config.yaml;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads one YAML or JSON document. Bounded against hostile text: 16 MiB of UTF-8, nesting of 100, a million nodes with
 * aliases written out.
 */
public final class Yaml {

    private static final int MAX_BYTES = 16 * 1024 * 1024;

    private Yaml() {}

    /**
     * Reads a file.
     *
     * @throws ConfigException with the one problem that kept it from being read
     */
    public static Node read(Path file) {
        return parse(file.toString(), decode(file.toString(), bytes(file)));
    }

    /**
     * Reads a text.
     *
     * @param name what stands for the file in error messages
     * @throws ConfigException with the one problem that kept it from being read
     */
    public static Node parse(String name, String text) {
        if (text.length() > MAX_BYTES) {
            throw problem(new Source(name, 0, 0), "larger than 16 MiB", "at most 16 MiB");
        }
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return new Composer(name).compose(body);
    }

    static ConfigException problem(Source source, String found, String expected) {
        return new ConfigException(List.of(ConfigProblem.error(source, "", found, expected)));
    }

    private static byte[] bytes(Path file) {
        Source whole = new Source(file.toString(), 0, 0);
        if (Files.isDirectory(file)) {
            throw problem(whole, "is a directory", "a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw problem(whole, "larger than 16 MiB", "at most 16 MiB");
            }
            return bytes;
        } catch (NoSuchFileException missing) {
            throw problem(whole, "no such file", "a file that can be read");
        } catch (AccessDeniedException denied) {
            throw problem(whole, "permission denied", "a file that can be read");
        } catch (IOException failed) {
            throw problem(whole, "cannot be read: " + failed.getMessage(), "a file that can be read");
        }
    }

    private static String decode(String name, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            throw problem(endOf(name, text), "a byte that is not UTF-8", "UTF-8 text");
        }
        return text;
    }

    private static Source endOf(String name, String text) {
        int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
        int lineStart = text.lastIndexOf('\n') + 1;
        return new Source(name, line, 1 + text.codePointCount(lineStart, text.length()));
    }
}
