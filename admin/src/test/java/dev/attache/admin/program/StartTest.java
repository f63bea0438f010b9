package dev.attache.admin.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Waiting;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the program needs in order to start: the JVM options that it is shipped with, an AOT cache, and few classes. */
@Timeout(300)
class StartTest {

    private static final String MAIN = "dev.attache.admin.Main";

    /** What is shipped beside the jar. */
    private static final String OPTIONS = "@" + Path.of("src", "main", "standalone", "attache.options");

    @TempDir
    private Path folder;

    @Test
    void trainsAnAotCacheThatTheJvmAccepts() throws Exception {
        Path cache = folder.resolve("attache.aot");
        String jars = jars();

        Program.Ended trained = run(jars, List.of(OPTIONS, "-XX:AOTCacheOutput=" + cache), "--train");
        Program.Ended used = run(jars, List.of(OPTIONS, "-XX:AOTCache=" + cache, "-XX:AOTMode=on"), "--version");

        assertThat(trained.exit()).as("%s", trained.err()).isZero();
        assertThat(used.exit()).as("%s", used.out()).isZero();
        assertThat(used.out()).hasSize(1).allSatisfy(line -> assertThat(line).startsWith("attache/"));
    }

    @Test
    void leavesNothingBehindWhenItTrains() throws Exception {
        Program.Ended trained =
                run(System.getProperty("java.class.path"), List.of(OPTIONS, "-Djava.io.tmpdir=" + folder), "--train");

        assertThat(trained.exit()).as("%s", trained.err()).isZero();
        assertThat(trained.err()).isEmpty();
        assertThat(folder).isDirectoryNotContaining("glob:**attache*");
    }

    @Test
    void loadsNeitherATlsEngineNorConfigurationOfTheLogNorJmxWithoutNeed() throws Exception {
        Path classes = folder.resolve("classes.log");
        List<String> options = List.of("-Xlog:class+load:file=" + classes + ":none");

        try (Running running = Running.inFrontOf(1, folder, options, "")) {
            Waiting.until("ready", () -> isReady(running));
            running.program().signal("TERM");
            assertThat(running.program().ended().exit()).isZero();
        }

        List<String> loaded = Files.readAllLines(classes);
        assertThat(loaded).anyMatch(line -> line.startsWith("dev.attache.core.proxy."));
        assertThat(loaded)
                .filteredOn(line -> line.startsWith("org.conscrypt.")
                        || line.startsWith("ch.qos.logback.classic.joran.")
                        || line.startsWith("com.sun.jmx."))
                .isEmpty();
    }

    private static boolean isReady(Running running) {
        try {
            return running.admin("GET", "/ready").status() == 200;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Program.Ended run(String classPath, List<String> options, String argument) throws Exception {
        try (Program program = Program.java(options, classPath, MAIN, argument)) {
            return program.ended();
        }
    }

    /** The class path of the tests without folders: an AOT cache knows jars alone. */
    private String jars() throws IOException {
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            jars.add(
                    Files.isDirectory(path)
                            ? jar(path, folder.resolve(jars.size() + ".jar")).toString()
                            : entry);
        }
        return String.join(File.pathSeparator, jars);
    }

    private static Path jar(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, entries);
            }
        }
        return jar;
    }
}
