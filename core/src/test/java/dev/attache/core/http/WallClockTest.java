package dev.attache.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WallClockTest {

    private static final long SLACK_MILLIS = 50; // What the machine may take between two lines.

    @Test
    void saysWhatTheClockOfTheSystemSays() {
        long before = System.currentTimeMillis();
        long said = WallClock.millis(System.nanoTime());
        long after = System.currentTimeMillis();

        assertThat(said).isBetween(before - SLACK_MILLIS, after + SLACK_MILLIS);
    }

    @Test
    void knowsWhatItWasAtAnEarlierReading() {
        long now = System.nanoTime();

        long said = WallClock.millis(now);

        assertThat(said - WallClock.millis(now - Duration.ofHours(1).toNanos()))
                .isEqualTo(Duration.ofHours(1).toMillis());
    }

    @Test
    void goesOnWithTheReadings() {
        long now = System.nanoTime();

        assertThat(WallClock.millis(now + 5_000_000) - WallClock.millis(now)).isEqualTo(5);
    }
}
