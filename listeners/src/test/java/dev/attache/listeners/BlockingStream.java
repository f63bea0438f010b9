package dev.attache.listeners;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One exchange of Jetty's HTTP/2 client, used by two blocking threads: one writes, the other one reads. */
final class BlockingStream implements Stream.Listener {

    private static final long PATIENCE_SECONDS = 60;

    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private @Nullable Stream stream;
    private boolean ended;

    private BlockingStream() {}

    /** Sends the head of a POST. */
    static BlockingStream post(Session session, String uri) throws Exception {
        BlockingStream opened = new BlockingStream();
        MetaData.Request head = new MetaData.Request("POST", HttpURI.from(uri), HttpVersion.HTTP_2, HttpFields.EMPTY);
        opened.stream =
                session.newStream(new HeadersFrame(head, null, false), opened).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return opened;
    }

    void write(ByteBuffer content, boolean last) throws Exception {
        stream.data(new DataFrame(stream.getId(), content, last)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits for the next bytes; null at the end. */
    byte @Nullable [] read() throws Exception {
        while (!ended) {
            Stream.Data data = stream.readData();
            if (data == null) {
                stream.demand();
                Object event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (event == null || event instanceof Throwable) {
                    throw new IOException("no more came: " + event);
                }
                continue;
            }
            byte[] bytes = new byte[data.frame().getByteBuffer().remaining()];
            data.frame().getByteBuffer().get(bytes);
            ended = data.frame().isEndStream();
            data.release();
            if (bytes.length > 0) {
                return bytes;
            }
        }
        return null;
    }

    @Override
    public void onDataAvailable(Stream available) {
        events.add("data");
    }

    @Override
    public void onReset(Stream reset, ResetFrame frame, Callback callback) {
        events.add(new IOException("reset: " + frame));
        callback.succeeded();
    }

    @Override
    public void onFailure(Stream failed, int error, String reason, Throwable failure, Callback callback) {
        events.add(failure == null ? new IOException(reason) : failure);
        callback.succeeded();
    }
}
