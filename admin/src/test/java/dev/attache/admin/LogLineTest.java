package dev.attache.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogLineTest {

    @Test
    void tellsTimeThreadLevelAndClass() {
        String line = line("dev.attache.core.route.Router", "{} is off", null, "search");

        assertThat(line)
                .isEqualTo("[2026-01-02 03:04:05.006][worker][WARN][Router] search is off" + System.lineSeparator());
    }

    @Test
    void tellsTheStackOfWhatWasThrown() {
        String line = line("short", "failed", new IllegalStateException("outer", new IOException("inner")));

        assertThat(line.lines()).first().isEqualTo("[2026-01-02 03:04:05.006][worker][WARN][short] failed");
        assertThat(line)
                .contains("java.lang.IllegalStateException: outer")
                .contains("\tat ")
                .contains("Caused by: java.io.IOException: inner")
                .endsWith(System.lineSeparator());
    }

    private static String line(String logger, String message, @Nullable Throwable thrown, Object... arguments) {
        LoggingEvent event =
                new LoggingEvent("", new LoggerContext().getLogger(logger), Level.WARN, message, thrown, arguments);
        event.setInstant(LocalDateTime.of(2026, 1, 2, 3, 4, 5, 6_000_000)
                .atZone(ZoneId.systemDefault())
                .toInstant());
        event.setThreadName("worker");
        return new String(new LogLine().encode(event), StandardCharsets.UTF_8);
    }
}
