package dev.attache.core.route;

import dev.attache.core.http.Body;
import dev.attache.core.http.BrokenBodyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** The body of an upstream's answer on its way to the client, watched by the call that it belongs to. */
final class ResponseBody implements Body.Streaming {

    private final Body source;
    private final UpstreamExchange call;
    private long left; // Negative where the length is not known.

    ResponseBody(Body source, UpstreamExchange call) {
        this.source = source;
        this.call = call;
        this.left = source.length();
        if (left == 0) {
            call.responseComplete(call.answeredNanos());
        }
    }

    @Override
    public long length() {
        return source.length();
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        call.progress(); // What was read before has been written.
        ByteBuffer part;
        try {
            part = source.read();
        } catch (IOException trouble) {
            throw new BrokenBodyException(call.responseBroken(), trouble);
        }
        long now = System.nanoTime();
        if (part == null) {
            call.trailers(source.trailers());
            call.responseComplete(now);
        } else {
            call.responseProgress(now);
            left -= part.remaining();
            if (left == 0) {
                call.responseComplete(now); // Who knows the length asks for no more.
            }
        }
        return part;
    }

    @Override
    public boolean available() {
        return source instanceof Body.Streaming streaming && streaming.available();
    }

    @Override
    public HttpFields trailers() {
        return source.trailers();
    }

    @Override
    public void close() {
        source.close();
    }
}
