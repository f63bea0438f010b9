package dev.attache.admin.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawUpstream;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Host applications in a process of their own. */
@Timeout(120)
class EmbeddingProgramTest {

    private static final Predicate<String> NOT_FOR_CORE = Pattern.compile(
                    "jetty-(server|http2|ee|session)|attache-(listeners|admin)|[/\\\\]listeners[/\\\\]target"
                            + "|[/\\\\]admin[/\\\\]target[/\\\\]classes|logback")
            .asPredicate();

    @TempDir
    private Path folder;

    @Test
    void callsWithoutAServerOnTheClassPath() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(NOT_FOR_CORE.negate())
                .collect(Collectors.joining(File.pathSeparator));
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Program host = Program.java(
                        List.of(), classPath, CoreAlone.class.getName(), Integer.toString(upstream.port()))) {
            Program.Ended ended = host.ended();

            assertThat(ended.err()).noneMatch(line -> line.contains("Exception") || line.contains("Error"));
            assertThat(ended.out()).containsExactly("200 GET /alone HTTP/1.1", "no server");
            assertThat(ended.exit()).isZero();
        }
    }

    @Test
    void registersNoShutdownHook() throws Exception {
        Path file = Files.writeString(
                folder.resolve("attache.yaml"),
                "listeners: [{name: demo, port: 0, upstream: \"127.0.0.1:1\", encryption: false}]\n");
        try (Program host = Program.java(
                List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"),
                System.getProperty("java.class.path"),
                EmbeddingHost.class.getName(),
                file.toString())) {
            Program.Ended ended = host.ended();

            assertThat(ended.exit()).isZero();
            assertThat(ended.out()).containsExactly("before []", "during [] with 1", "after []");
        }
    }
}
