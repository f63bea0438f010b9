package dev.attache.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.DnsRefreshConfig;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RefreshScheduleTest {

    private static final Duration TTL = Duration.ofSeconds(30);

    private static RefreshSchedule schedule(DnsRefreshConfig.Builder config) {
        return new RefreshSchedule(config.build(), new Random(1));
    }

    @Test
    void repeatsEveryFiveSecondsWhateverTheTtl() {
        RefreshSchedule schedule = schedule(DnsRefreshConfig.builder());

        assertThat(schedule.afterAnswer(TTL)).isEqualTo(Duration.ofSeconds(5));
        assertThat(schedule.afterFailure()).isEqualTo(Duration.ofSeconds(5));
        assertThat(schedule.afterFailure()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void waitsForTheTtlWhereAskedTo() {
        RefreshSchedule schedule = schedule(DnsRefreshConfig.builder().respectTtl(true));

        assertThat(schedule.afterAnswer(TTL)).isEqualTo(TTL);
    }

    @Test
    void aTtlOfZeroMeansTheRate() {
        RefreshSchedule schedule = schedule(DnsRefreshConfig.builder().respectTtl(true));

        assertThat(schedule.afterAnswer(Duration.ZERO)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void jitterIsAddedAndBounded() {
        RefreshSchedule schedule = schedule(DnsRefreshConfig.builder().jitter(Duration.ofSeconds(2)));

        for (int i = 0; i < 1000; i++) {
            assertThat(schedule.afterAnswer(TTL)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
        }
        assertThat(schedule.afterAnswer(TTL)).isNotEqualTo(schedule.afterAnswer(TTL));
    }

    @Test
    void failuresBackOffToTheMaximumAndAnAnswerStartsAnew() {
        RefreshSchedule schedule = schedule(
                DnsRefreshConfig.builder().failureBase(Duration.ofSeconds(1)).failureMax(Duration.ofSeconds(3)));

        assertThat(schedule.afterFailure()).isEqualTo(Duration.ofSeconds(1));
        assertThat(schedule.afterFailure()).isEqualTo(Duration.ofSeconds(2));
        assertThat(schedule.afterFailure()).isEqualTo(Duration.ofSeconds(3));
        assertThat(schedule.afterFailure()).isEqualTo(Duration.ofSeconds(3));
        schedule.afterAnswer(TTL);
        assertThat(schedule.afterFailure()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theMaximumIsTenTimesTheBaseWhereNotGiven() {
        RefreshSchedule schedule = schedule(DnsRefreshConfig.builder().failureBase(Duration.ofSeconds(1)));
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 100; i++) {
            longest = schedule.afterFailure();
        }

        assertThat(longest).isEqualTo(Duration.ofSeconds(10));
    }
}
