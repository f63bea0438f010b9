package dev.attache.admin;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * A line of the application log: {@code [time][thread][level][class] message}, and the stack of what was thrown. Written
 * out, since a pattern takes longer to read than all lines of a start to write.
 */
final class LogLine extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};

    /** Made for the first line: it reads the time zones. */
    private static final class Time {
        static final DateTimeFormatter FORMAT =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String logger = event.getLoggerName();
        StringBuilder line = new StringBuilder(160).append('[');
        Time.FORMAT.formatTo(event.getInstant(), line);
        line.append("][").append(event.getThreadName());
        line.append("][").append(event.getLevel());
        line.append("][").append(logger, logger.lastIndexOf('.') + 1, logger.length());
        line.append("] ").append(event.getFormattedMessage()).append(System.lineSeparator());
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(ThrowableProxyUtil.asString(thrown));
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
