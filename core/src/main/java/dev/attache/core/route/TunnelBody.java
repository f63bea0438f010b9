package dev.attache.core.route;

import dev.attache.core.http.Body;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** What a client sends into a tunnel on its way upstream, watched by the call that it belongs to. */
final class TunnelBody implements Body.Streaming {

    private final Body source;
    private final UpstreamExchange call;

    TunnelBody(Body source, UpstreamExchange call) {
        this.source = source;
        this.call = call;
    }

    @Override
    public long length() {
        return source.length();
    }

    @Override
    public @Nullable ByteBuffer read() throws IOException {
        call.progress(); // What was read before has been written.
        ByteBuffer part = source.read();
        call.progress();
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
