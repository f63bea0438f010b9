package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host application that starts and stops the proxy again and again. */
@Timeout(120)
class EmbeddingTest {

    private static final long HEAP_TOLERANCE = 3 << 20;
    private static final int STARTS = 10;

    @TempDir
    private Path folder;

    private record Use(List<String> threads, List<String> descriptors, long heap) {}

    @Test
    void leavesNothingBehind() throws Exception {
        Provider[] providers = Security.getProviders();
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        Certificates ca = Certificates.in(folder);
        try (RawUpstream upstream = RawUpstream.tls(ca.issue("127.0.0.1").serverContext(), Embedded.telling())) {
            String config = Embedded.listener("demo", 0, upstream.port(), "")
                    .replace("encryption: false", "encryption: true, trusted_ca: " + ca.bundle());
            Use second = null;
            for (int start = 1; start <= STARTS; start++) {
                startUseAndStop(config);
                Waiting.until(() -> upstream.open() == 0);
                if (start == 2) {
                    second = use(Integer.MAX_VALUE);
                }
            }
            Use tenth = use(second.descriptors.size());

            assertThat(tenth.threads).isEqualTo(second.threads);
            assertThat(tenth.descriptors)
                    .as("beside %s", second.descriptors)
                    .hasSizeLessThanOrEqualTo(second.descriptors.size());
            assertThat(tenth.heap).isLessThan(second.heap + HEAP_TOLERANCE);
        }
        assertThat(Security.getProviders()).containsExactly(providers);
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(handler);
    }

    private void startUseAndStop(String config) throws Exception {
        RawClient idle;
        try (Attache proxy = Attache.builder(
                        Embedded.config(config, "access_log_path: " + folder.resolve("access.log")))
                .start()) {
            for (int request = 0; request < 5; request++) {
                assertThat(Embedded.get(Embedded.port(proxy, "demo"), "/over-the-socket")
                                .status())
                        .isEqualTo(200);
                assertThat(Embedded.call(proxy.service("demo"), Request.get("/in-process"))
                                .status())
                        .isEqualTo(200);
            }
            idle = RawClient.connect(Embedded.port(proxy, "demo"));
            assertThat(Embedded.get(idle, "/kept").status()).isEqualTo(200);
        }
        try (idle) {
            assertThat(idle.read()).isEqualTo(-1);
        }
    }

    /** What the process uses, once the last threads have ended and their descriptors are closed. */
    private static Use use(int mostDescriptors) {
        Waiting.until(() -> threads().stream().noneMatch(name -> name.startsWith("attache-")));
        // Native TLS engines that were only tried out give their descriptors back when they are collected.
        for (int round = 0; round < 3 || (round < 40 && descriptors().size() > mostDescriptors); round++) {
            System.gc();
            Waiting.untilSteady(() -> descriptors().size());
        }
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.gc();
        return new Use(threads(), descriptors(), runtime.totalMemory() - runtime.freeMemory());
    }

    /** Names of the threads, save those that the JVM starts and ends as it likes. */
    private static List<String> threads() {
        Predicate<String> ofTheJvm =
                name -> name.startsWith("ForkJoinPool-") || name.contains("unparker") || name.contains("Poller");
        var threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull)
                .map(info -> info.getThreadName())
                .filter(ofTheJvm.negate())
                .sorted()
                .toList();
    }

    /** What the descriptors of this process are open on; empty where the system does not tell. */
    private static List<String> descriptors() {
        Path all = Path.of("/proc/self/fd");
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (var open = Files.list(all)) {
            return open.map(EmbeddingTest::target).sorted().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "closed";
        }
    }
}
