package dev.attache.core.grpcstats;

import dev.attache.core.http.Body;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** A body that tells how many messages end in each part, and its trailers. */
final class WatchedBody implements Body.Streaming {

    private final Body.Streaming source;
    private final IntConsumer messages;
    private final Consumer<HttpFields> trailers;
    private final MessageFrames frames = new MessageFrames();

    WatchedBody(Body.Streaming source, IntConsumer messages, Consumer<HttpFields> trailers) {
        this.source = source;
        this.messages = messages;
        this.trailers = trailers;
    }

    @Override
    public long length() {
        return source.length();
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        ByteBuffer part = source.read();
        if (part == null) {
            trailers.accept(source.trailers());
        } else {
            messages.accept(frames.ended(part));
        }
        return part;
    }

    @Override
    public boolean available() {
        return source.available();
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
