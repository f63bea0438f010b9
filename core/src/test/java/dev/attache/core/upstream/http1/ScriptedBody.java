package dev.attache.core.upstream.http1;

import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** A request body that comes part by part, as the test gives it, and can break. */
final class ScriptedBody implements Body.Streaming {

    private static final Object END = new Object();

    private final long length;
    private final BlockingQueue<Object> parts = new LinkedBlockingQueue<>();
    private volatile HttpFields trailers = HttpFields.EMPTY;
    private volatile boolean closed;
    private volatile @Nullable Thread reader;

    ScriptedBody(long length) {
        this.length = length;
    }

    ScriptedBody add(String part) {
        parts.add(part);
        return this;
    }

    ScriptedBody end() {
        parts.add(END);
        return this;
    }

    ScriptedBody end(HttpFields newTrailers) {
        trailers = newTrailers;
        return end();
    }

    ScriptedBody breaks(IOException failure) {
        parts.add(failure);
        return this;
    }

    boolean closed() {
        return closed;
    }

    /** The thread that has read last. */
    @Nullable
    Thread reader() {
        return reader;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        reader = Thread.currentThread();
        if (closed) {
            throw new IOException("closed");
        }
        Object part = RawUpstream.next(parts);
        if (part instanceof IOException failure) {
            throw failure;
        }
        return part == END ? null : ByteBuffer.wrap(((String) part).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public HttpFields trailers() {
        return trailers;
    }

    @Override
    public void close() {
        closed = true;
        parts.add(new IOException("closed while it was read"));
    }
}
