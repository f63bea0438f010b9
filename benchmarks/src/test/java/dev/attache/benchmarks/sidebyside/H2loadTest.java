package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class H2loadTest {

    private static final String SUMMARY = """
        Application protocol: h2c

        finished in 2.00s, 24345.50 req/s, 25.32MB/s
        requests: 48691 total, 48731 started, 48691 done, 48691 succeeded, 0 failed, 0 errored, 0 timeout
        status codes: 48691 2xx, 0 3xx, 0 4xx, 0 5xx
        traffic: 50.64MB (53099932) total, 1.25MB (1310720) headers, 47.55MB (49859584) data
        """;

    @Test
    void readsRequestsAndRate() throws Exception {
        Load load = H2load.parse(SUMMARY);
        assertThat(load.requests()).isEqualTo(48691);
        assertThat(load.rate()).isEqualTo(24345.5);
        assertThat(load.errors()).isEmpty();
    }

    @Test
    void keepsWhatFailedAndWhichStatusesWereNot2xx() throws Exception {
        assertThat(H2load.parse(SUMMARY.replace("0 failed, 0 errored", "7 failed, 7 errored")
                                .replace("0 5xx", "3 5xx"))
                        .errors())
                .containsExactly(
                        "48691 succeeded, 7 failed, 7 errored, 0 timeout",
                        "status codes: 48691 2xx, 0 3xx, 0 4xx, 3 5xx");
    }

    @Test
    void tellsWhatH2loadSaidInsteadOfASummary() {
        assertThatThrownBy(() -> H2load.parse("invalid URI: x\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("h2load: invalid URI: x");
    }
}
