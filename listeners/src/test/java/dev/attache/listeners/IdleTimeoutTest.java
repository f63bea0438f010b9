package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class IdleTimeoutTest {

    private static final Duration IDLE = Duration.ofMillis(40);
    private static final int CLIENTS = 16;
    private static final int TURNS = 15;

    /** Sends a second request just when the connection is closed for idleness. Returns whether it was answered. */
    private static boolean answered(Stand stand, String target) throws IOException {
        try (RawClient client = stand.connect()) {
            client.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n").readAnswer();
            long jitter = ThreadLocalRandom.current().nextLong(-1_500_000, 1_500_000);
            LockSupport.parkNanos(IDLE.toNanos() + jitter);
            return client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")
                            .readAnswer()
                            .status()
                    == 200;
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void aRequestWhoseClientSeesTheIdleConnectionClosedIsNotServed() throws Exception {
        Set<String> served = ConcurrentHashMap.newKeySet();
        try (Stand stand = Stand.serving(settings -> settings.idleTimeout(IDLE), (request, exchange) -> {
                    served.add(request.target());
                    return TestEntry.text(200, "ok");
                });
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = new ArrayList<>();
            Set<String> unanswered = ConcurrentHashMap.newKeySet();
            for (int client = 0; client < CLIENTS; client++) {
                String name = "/" + client + "-";
                running.add(clients.submit((Callable<Void>) () -> {
                    for (int turn = 0; turn < TURNS; turn++) {
                        if (!answered(stand, name + turn)) {
                            unanswered.add(name + turn);
                        }
                    }
                    return null;
                }));
            }
            for (Future<Void> client : running) {
                client.get();
            }

            unanswered.retainAll(served);
            assertThat(unanswered).as("done, and yet to be done again").isEmpty();
        }
    }
}
