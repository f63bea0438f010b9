package dev.attache.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    @ParameterizedTest
    @CsvSource({"1, 25", "2, 75", "3, 175", "4, 250", "31, 250", "100, 250", "2147483647, 250"})
    void doublesUpToItsCeiling(int retry, long millis) {
        Backoff backoff = Backoff.of(Duration.ofMillis(25), Duration.ofMillis(250));
        assertThat(backoff.bound(retry)).isEqualTo(millis * 1_000_000);
    }

    @Test
    void isSpreadOverTheWholeRange() {
        Backoff backoff = new Backoff(1000, 10_000);
        assertThat(backoff.nanos(1, 0)).isZero();
        assertThat(backoff.nanos(1, 999)).isEqualTo(999);
        assertThat(backoff.nanos(1, -1)).isEqualTo(999);
        assertThat(backoff.nanos(1, Long.MIN_VALUE)).isBetween(0L, 999L);
    }

    @Test
    void doesNotOverflowWithLongIntervals() {
        Backoff backoff = Backoff.of(Duration.ofDays(20), Duration.ofDays(30));
        for (int retry = 2; retry < 100; retry++) {
            assertThat(backoff.bound(retry)).isEqualTo(Duration.ofDays(30).toNanos());
        }
    }

    @Test
    void aBaseOfZeroDoesNotWait() {
        assertThat(Backoff.of(Duration.ZERO, Duration.ZERO).nanos(3, 12345)).isZero();
    }

    @Test
    void aCeilingBelowTheBaseIsTheBase() {
        assertThat(Backoff.of(Duration.ofNanos(50), Duration.ofNanos(10)).bound(5))
                .isEqualTo(50);
    }
}
