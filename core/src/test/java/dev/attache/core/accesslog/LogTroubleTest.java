package dev.attache.core.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Stats;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogTroubleTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(LogTrouble.class);
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private final Counter dropped =
            Stats.create(StatsConfig.DEFAULT).scope("access_logs").counter("dropped");
    private final AtomicLong clock = new AtomicLong(-5);

    @BeforeEach
    void listen() {
        said.start();
        logger.addAppender(said);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(said);
    }

    @Test
    void countsEachLineAndSpeaksOnceAMinute() {
        LogTrouble trouble = new LogTrouble(dropped, clock::get);

        trouble.dropped(1, "the first");
        trouble.dropped(2, "the second");
        clock.addAndGet(TimeUnit.SECONDS.toNanos(59));
        trouble.dropped(3, "the third");
        clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
        trouble.dropped(4, "the fourth");

        assertThat(dropped.value()).isEqualTo(10);
        assertThat(said.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "access log: 1 lines dropped, the last one because the first",
                        "access log: 9 lines dropped, the last one because the fourth");
    }
}
