package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UsageTest {

    @Test
    void addsUserAndSystemTimeWhateverTheProcessIsCalled() {
        String stat = "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 2 0 12345 1000 200";
        assertThat(Usage.cpuTicks(stat)).isEqualTo(200);
    }

    @Test
    void readsResidentMemory() {
        assertThat(Usage.rssBytes("Name:\tnginx\nVmHWM:\t   9000 kB\nVmRSS:\t    8124 kB\nRssAnon:\t 100 kB\n"))
                .isEqualTo(8124 * 1024);
    }

    @Test
    void aProcessThatHasEndedHasNoMemory() {
        assertThat(Usage.rssBytes("Name:\tnginx\nState:\tZ (zombie)\n")).isZero();
    }
}
