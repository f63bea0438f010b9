package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WrkTest {

    private static final String SUMMARY = """
        Running 2s test @ http://127.0.0.1:18082/b1k
          1 threads and 16 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency   641.31us  350.84us   8.51ms   88.15%
            Req/Sec    25.12k     1.10k   26.90k    70.00%
          52513 requests in 2.10s, 62.80MB read
        """;
    private static final String RATES = "Requests/sec:  25007.18\nTransfer/sec:     29.91MB\n";

    @Test
    void readsRequestsAndRate() throws Exception {
        Load result = Wrk.parse(SUMMARY + RATES);
        assertThat(result.requests()).isEqualTo(52513);
        assertThat(result.rate()).isEqualTo(25007.18);
        assertThat(result.errors()).isEmpty();
    }

    @Test
    void keepsBothLinesThatSpeakOfErrors() throws Exception {
        Load result = Wrk.parse(SUMMARY + "  Socket errors: connect 0, read 3, write 0, timeout 1\n"
                + "  Non-2xx or 3xx responses: 17\n" + RATES);
        assertThat(result.errors())
                .containsExactly(
                        "Socket errors: connect 0, read 3, write 0, timeout 1", "Non-2xx or 3xx responses: 17");
    }

    @Test
    void tellsWhatWrkSaidInsteadOfASummary() {
        assertThatThrownBy(() -> Wrk.parse("unable to connect to 127.0.0.1:1 Connection refused\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("wrk: unable to connect to 127.0.0.1:1 Connection refused");
    }
}
