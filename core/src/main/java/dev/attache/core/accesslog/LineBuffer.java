package dev.attache.core.accesslog;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is gathered for one target; used by its writing thread alone. A write that fails loses the lines gathered for it,
 * and no more: the next one is tried afresh.
 */
final class LineBuffer {

    private static final Logger LOG = LoggerFactory.getLogger(LineBuffer.class);
    private static final int GATHERED = 8 * 1024;

    private final String name;
    private final LogTarget target;
    private final LogTrouble trouble;
    private final LogStats stats;
    private final ByteBuffer gathered = ByteBuffer.allocate(GATHERED);
    private int lines;
    private boolean midLine;

    LineBuffer(String name, LogTarget target, LogTrouble trouble, LogStats stats) {
        this.name = name;
        this.target = target;
        this.trouble = trouble;
        this.stats = stats;
    }

    /** The room for a line feed is kept for {@link #flush}. */
    void add(byte[] line) {
        if (line.length >= gathered.remaining()) {
            flush();
        }
        lines++;
        if (line.length >= gathered.remaining()) {
            write(ByteBuffer.wrap(line));
        } else {
            gathered.put(line);
        }
    }

    void flush() {
        if (gathered.position() > 0) {
            gathered.flip();
            write(gathered);
            gathered.clear();
        }
    }

    private void write(ByteBuffer bytes) {
        int left = bytes.remaining();
        try {
            if (midLine) {
                target.write(ByteBuffer.wrap(new byte[] {'\n'}));
                midLine = false;
            }
            while (bytes.hasRemaining()) {
                target.write(bytes);
            }
            stats.writeCompleted().increment();
        } catch (IOException broken) {
            // A line that got out in part is ended before the next, so that no two are glued together.
            midLine |= bytes.remaining() < left && bytes.get(bytes.position() - 1) != '\n';
            stats.writeFailed().increment();
            trouble.dropped(lines, name + " cannot be written: " + broken);
        }
        lines = 0;
    }

    /** Whether the target is open anew; otherwise the old one stays. */
    boolean reopen() {
        flush();
        try {
            target.reopen();
            midLine = false;
            return true;
        } catch (IOException refused) {
            stats.reopenFailed().increment();
            LOG.warn("access log {} cannot be reopened and goes on as it is: {}", name, refused.toString());
            return false;
        }
    }
}
