package dev.attache.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Waiting;
import dev.attache.listeners.Attache;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WarmUpTest {

    @Test
    void endsByItself() throws Exception {
        WarmUp warmUp = WarmUp.start(() -> false);

        Waiting.until("its end", warmUp::isOver);
    }

    @Test
    void endsWhenTheFirstClientComes() throws Exception {
        AtomicBoolean come = new AtomicBoolean();
        WarmUp warmUp = WarmUp.start(() -> {
            come.set(true);
            return true;
        });

        Waiting.until("its end", warmUp::isOver);
        assertThat(come).isTrue();
    }

    @Test
    void onlyReadinessWaitsForIt() throws Exception {
        AtomicBoolean warm = new AtomicBoolean();
        CommandLine commandLine = CommandLine.parse("-c", "demo.yaml");
        try (Attache proxy =
                Attache.builder(AdminStand.config("listeners: []\n")).start()) {
            AdminEndpoint ready = ServerEndpoints.of(proxy, commandLine, warm::get, () -> {}).stream()
                    .filter(endpoint -> endpoint.path().equals("/ready"))
                    .findFirst()
                    .orElseThrow();
            AdminQuery nothing = new AdminQuery(Map.of());

            assertThat(ready.answer(nothing).status()).isEqualTo(503);
            assertThat(ready.answer(nothing).body()).isEqualTo("INITIALIZING\n");
            warm.set(true);
            assertThat(ready.answer(nothing).status()).isEqualTo(200);
            assertThat(ready.light()).as("answered whatever else is asked").isTrue();
        }
    }
}
