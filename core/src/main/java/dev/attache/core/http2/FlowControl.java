package dev.attache.core.http2;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http2.BufferingFlowControlStrategy;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.jspecify.annotations.Nullable;

/**
 * The windows of one connection (RFC 9113, 5.2). What has been consumed is given back once it is half of a window. When
 * the peer tells of its initial window while a stream is being opened, as it does on every new connection, the stream
 * gets that window once: with Jetty's own bookkeeping it may get it twice, and then sends more than the peer allows,
 * which ends the connection. Safe for use by several threads.
 */
public class FlowControl extends BufferingFlowControlStrategy {

    private static final float HALF = 0.5F;

    // Guarded by this: the streams that have their window, and what is to be added to these.
    private final Set<Stream> counted = new HashSet<>();
    private @Nullable List<Change> changes;

    private record Change(Stream stream, WindowUpdateFrame frame) {}

    /** The windows of a connection on which nothing has been sent yet. */
    public FlowControl() {
        super(HALF);
    }

    @Override
    public void onStreamCreated(Stream stream) {
        synchronized (this) {
            counted.add(stream);
            super.onStreamCreated(stream);
        }
    }

    @Override
    public void onStreamDestroyed(Stream stream) {
        synchronized (this) {
            counted.remove(stream);
        }
        super.onStreamDestroyed(stream);
    }

    @Override
    public void updateInitialStreamWindow(Session session, int window, boolean local) {
        List<Change> collected = new ArrayList<>();
        synchronized (this) {
            changes = collected;
            super.updateInitialStreamWindow(session, window, local);
            changes = null;
        }
        // Without the lock: it may write.
        collected.forEach(change -> super.updateWindow(session, change.stream, change.frame));
    }

    @Override
    protected void updateWindow(Session session, Stream stream, WindowUpdateFrame frame) {
        synchronized (this) {
            if (changes != null && counted.contains(stream)) {
                changes.add(new Change(stream, frame));
            }
        }
    }
}
