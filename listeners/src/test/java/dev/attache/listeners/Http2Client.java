package dev.attache.listeners;

import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Headers;
import dev.attache.core.http2.Http2Session;
import dev.attache.core.http2.Http2Settings;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.MessageHead;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.stats.Stats;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/** One HTTP/2 connection in clear text, by prior knowledge. */
final class Http2Client implements AutoCloseable, Http2Session.Owner {

    /** A whole answer. */
    record Answer(int status, HttpFields headers, byte[] bytes, HttpFields trailers) {
        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** The error code with which the server said that it takes no more streams. */
    final CompletableFuture<Integer> goAway = new CompletableFuture<>();

    final CountDownLatch closed = new CountDownLatch(1);

    private final Deadlines deadlines = Deadlines.open();
    private final Http2Session session;

    Http2Client(SocketAddress server) throws Exception {
        PlainSocket socket = new PlainSocket(SocketChannel.open(server));
        Http2Settings settings = new Http2Settings(true, 1, 65535, 1 << 20, 4096, 1 << 20, 1000, false, 0, 0, 0);
        session = new Http2Session(socket, settings, deadlines, this);
        Thread.ofVirtual().start(() -> session.run(ByteBuffer.allocate(0)));
    }

    /** Opens a stream; {@code last} where no body follows. */
    Http2Stream open(String method, String path, HttpFields headers, boolean last) throws IOException {
        return open(head(method, path, headers), last);
    }

    /** Opens a stream with a head of one's own. */
    Http2Stream open(Headers head, boolean last) throws IOException {
        Http2Stream stream = session.newStream(true);
        if (head.value(0).equals("HEAD")) {
            stream.withoutContent();
        }
        stream.open(head, null, last);
        return stream;
    }

    static Headers head(String method, String path, HttpFields headers) {
        Headers head = new Headers(8)
                .add(":method", method)
                .add(":scheme", "http")
                .add(":authority", "service.test")
                .add(":path", path);
        for (HttpField field : headers) {
            JettyFields.add(head, field);
        }
        return head;
    }

    Answer get(String path) throws IOException {
        return answer(open("GET", path, HttpFields.EMPTY, true));
    }

    /** Waits for the whole final answer. */
    static Answer answer(Http2Stream stream) throws IOException {
        MessageHead head = stream.nextHead();
        while (head.status() < 200) {
            head = stream.nextHead();
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (ByteBuffer part = stream.read(); part != null; part = stream.read()) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            body.writeBytes(bytes);
        }
        Headers trailers = stream.trailers();
        return new Answer(
                head.status(),
                JettyFields.of(head.fields()),
                body.toByteArray(),
                trailers == null ? HttpFields.EMPTY : JettyFields.of(trailers));
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
    public void goingAway(int code) {
        goAway.complete(code);
    }

    @Override
    public void closed(boolean byPeer) {
        closed.countDown();
    }

    @Override
    public void close() {
        session.abort();
        deadlines.close();
    }
}
