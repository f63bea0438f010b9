package dev.attache.listeners;

import dev.attache.core.http2.FlowControl;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.stats.Stats;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection in clear text, by prior knowledge. */
final class Http2Client implements AutoCloseable, Session.Listener {

    private static final long PATIENCE_SECONDS = 30;

    /** A whole answer. */
    record Answer(int status, HttpFields headers, byte[] bytes, HttpFields trailers) {
        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    final CompletableFuture<GoAwayFrame> goAway = new CompletableFuture<>();
    final CountDownLatch closed = new CountDownLatch(1);

    private final HTTP2Client client = new HTTP2Client();
    private final HTTP2Session session;

    Http2Client(SocketAddress server) throws Exception {
        client.setFlowControlStrategyFactory(FlowControl::new);
        client.start();
        session =
                (HTTP2Session) client.connect((InetSocketAddress) server, this).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Opens a stream; {@code last} where no body follows. */
    Http2Stream open(String method, String path, HttpFields headers, boolean last) throws IOException {
        Http2Stream stream = new Http2Stream(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
        stream.open(session, head(method, path, headers), null, last);
        return stream;
    }

    /** Opens a stream with a head of one's own; a body follows. */
    Http2Stream open(MetaData.Request head) throws IOException {
        Http2Stream stream = new Http2Stream(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
        stream.open(session, head, null, false);
        return stream;
    }

    static MetaData.Request head(String method, String path, HttpFields headers) {
        HttpURI uri = HttpURI.build()
                .scheme("http")
                .host("service.test")
                .pathQuery(path)
                .asImmutable();
        return new MetaData.Request(method, uri, HttpVersion.HTTP_2, headers);
    }

    Answer get(String path) throws IOException {
        return answer(open("GET", path, HttpFields.EMPTY, true));
    }

    /** Waits for the whole final answer. */
    static Answer answer(Http2Stream stream) throws IOException {
        MetaData.Response head = stream.nextHead();
        while (head.getStatus() < 200) {
            head = stream.nextHead();
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (ByteBuffer part = stream.read(); part != null; part = stream.read()) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            body.writeBytes(bytes);
        }
        return new Answer(head.getStatus(), head.getHttpFields(), body.toByteArray(), stream.trailers());
    }

    /** All stats as text. */
    static String stats(Stand stand) throws IOException {
        return stats(stand.stats);
    }

    /** All stats as text. */
    static String stats(Stats stats) throws IOException {
        StringBuilder text = new StringBuilder();
        TextStats.write(stats, StatsFilter.ALL, text);
        return text.toString();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void onGoAway(Session of, GoAwayFrame frame) {
        goAway.complete(frame);
    }

    @Override
    public void onClose(Session of, @Nullable GoAwayFrame frame, Callback callback) {
        closed.countDown();
        callback.succeeded();
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
