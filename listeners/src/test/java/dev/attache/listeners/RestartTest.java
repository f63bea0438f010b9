package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.fixtures.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RestartTest {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @Test
    void leavesNoThreadAndNoDescriptorBehind() throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "no list of open descriptors here");
        Set<Thread> others = platformThreads();
        for (int i = 0; i < 2; i++) {
            startUseAndStop();
        }
        Waiting.until(() -> threads(others).isEmpty());
        long before = descriptors();
        for (int i = 0; i < 8; i++) {
            startUseAndStop();
        }
        Waiting.until(() -> threads(others).isEmpty());
        Waiting.until(() -> descriptors() <= before);
    }

    private static void startUseAndStop() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, "ok"));
                RawClient used = stand.connect();
                RawClient idle = stand.connect()) {
            assertThat(used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                            .readAnswer()
                            .status())
                    .isEqualTo(200);
            stand.manager.close();
            assertThat(idle.read()).isEqualTo(-1);
        }
    }

    private static Set<Thread> platformThreads() {
        return Thread.getAllStackTraces().keySet();
    }

    /** What listeners have started and not ended. */
    private static List<String> threads(Set<Thread> others) {
        return platformThreads().stream()
                .filter(thread -> !others.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("attache-") || name.contains("Scheduler"))
                .toList();
    }

    private static long descriptors() {
        try (var open = Files.list(DESCRIPTORS)) {
            return open.count();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
