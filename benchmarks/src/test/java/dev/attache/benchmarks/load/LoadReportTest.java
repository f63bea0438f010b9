package dev.attache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LoadReportTest {

    @Test
    void percentilesAreMicrosecondsAndSurviveTheirLine() {
        long[] latencies = LongStream.rangeClosed(0, 1000)
                .map(micros -> (1000 - micros) * 1000)
                .toArray();
        LoadReport report = LoadReport.of(latencies, new long[] {7000}, 2);
        assertThat(report).isEqualTo(new LoadReport(1001, 2, 500, 990, 999, 7, 7));
        assertThat(LoadReport.parse(report.line())).isEqualTo(report);
    }
}
