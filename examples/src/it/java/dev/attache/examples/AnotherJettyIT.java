package dev.attache.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.attache.core.proxy.InProcess;
import dev.attache.listeners.Attache;
import dev.attache.tls.Tls;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Applications whose build pins another Jetty, with Attache inside: Maven finds their class path, another Java compiles
 * and runs them. Skipped where their jars cannot be had.
 */
class AnotherJettyIT {

    private static final long PATIENCE_SECONDS = 240;
    private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies";

    /** What Attache brings, Jetty aside: there the host's version wins, as it does in Maven. */
    private static final List<String> LIBRARIES = List.of(
            "dev.failsafe.Failsafe",
            "com.codahale.metrics.MetricRegistry",
            "com.codahale.metrics.graphite.GraphiteReporter",
            "org.xbill.DNS.Name",
            "org.snakeyaml.engine.v2.api.Load",
            "com.google.re2j.Pattern",
            "org.conscrypt.Conscrypt",
            "org.jspecify.annotations.Nullable",
            "org.slf4j.Logger");

    @ParameterizedTest
    @ValueSource(strings = {"boot", "jetty"})
    @Timeout(2 * PATIENCE_SECONDS)
    void servesInAHostThatPinsJetty120(String name) throws Exception {
        Path host = Path.of("src/it/hosts", name).toAbsolutePath();
        Path target = Path.of("target/hosts", name).toAbsolutePath();
        String classPath = classPath(jars(host, target));
        Path classes = Files.createDirectories(target.resolve("classes"));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-parameters",
                        "-d",
                        classes.toString(),
                        "-cp",
                        classPath,
                        host.resolve("Host.java").toString());
        assertThat(compiled).isZero();

        Path log = target.resolve("host.log");
        int exit = run(
                log,
                target,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes + File.pathSeparator + classPath,
                        "host.Host"));

        assertThat(Files.readString(log))
                .contains("host: Jetty 12.0.", "over the socket: 200 hello", "in process: 200");
        assertThat(exit).isZero();
    }

    /** The host's jars, as Maven resolves them. */
    private static List<Path> jars(Path host, Path target) throws Exception {
        Path jars = Files.createDirectories(target.resolve("jars"));
        Path done = target.resolve("resolved");
        if (!Files.exists(done)) {
            String maven = System.getProperty("maven.home", "");
            Path log = target.resolve("maven.log");
            int exit = run(
                    log,
                    target,
                    List.of(
                            maven.isEmpty()
                                    ? "mvn"
                                    : Path.of(maven, "bin", "mvn").toString(),
                            "-B",
                            "-q",
                            "-f",
                            host.resolve("pom.xml").toString(),
                            COPY,
                            "-DincludeScope=runtime",
                            "-DoutputDirectory=" + jars));
            if (exit != 0) {
                abort("the jars of this host cannot be had: " + Files.readString(log));
            }
            Files.createFile(done);
        }
        try (Stream<Path> all = Files.list(jars)) {
            return all.sorted().toList();
        }
    }

    private static String classPath(List<Path> host) throws Exception {
        List<String> path = new ArrayList<>(host.stream().map(Path::toString).toList());
        for (Class<?> module : List.of(Attache.class, InProcess.class, Tls.class)) {
            path.add(location(module));
        }
        for (String library : LIBRARIES) {
            path.add(location(Class.forName(library)));
        }
        return String.join(File.pathSeparator, path);
    }

    private static String location(Class<?> of) throws Exception {
        URI location = of.getProtectionDomain().getCodeSource().getLocation().toURI();
        return Path.of(location).toString();
    }

    private static int run(Path log, Path folder, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Files.writeString(
                        log,
                        "\nnot done after " + PATIENCE_SECONDS + " s",
                        StandardCharsets.UTF_8,
                        StandardOpenOption.APPEND);
                return -1;
            }
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
