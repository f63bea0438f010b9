package dev.attache.core.upstream.http2;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.StreamResetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** Carries the body of a request to its stream on a thread of its own, so that an answer that comes early is read. */
final class Http2Pump implements Runnable {

    /** A body that was closed ends its reader at once; this bounds what a broken one can do. */
    private static final Duration LAST_READ = Duration.ofSeconds(1);

    private final Http2Stream stream;
    private final Body body;
    private final Exchange exchange;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable IOException bodyFailure;

    Http2Pump(Http2Stream stream, Body body, Exchange exchange) {
        this.stream = stream;
        this.body = body;
        this.exchange = exchange;
        this.thread = Thread.ofVirtual().name("attache-pump").unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** What was wrong with the request's body; null while nothing was. */
    @Nullable
    IOException bodyFailure() {
        return bodyFailure;
    }

    /** Ends the pumping. */
    void stop() {
        stopped = true;
        if (thread.isAlive()) {
            body.close();
            try {
                thread.join(LAST_READ);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void run() {
        try {
            pump();
        } catch (StreamResetException ended) {
            // Whoever waits for the answer sees it as well.
        } catch (IOException | RuntimeException broken) {
            if (!stopped) {
                bodyFailure = broken instanceof IOException io ? io : new IOException("request body failed", broken);
                stream.reset(ErrorCode.CANCEL);
            }
        }
    }

    /** The next part of the body, whose stream is another one than that which is written to. */
    private @Nullable ByteBuffer read() throws IOException {
        try {
            return body.read();
        } catch (StreamResetException broken) {
            throw new IOException("request body broke off: " + broken.getMessage(), broken);
        }
    }

    private void pump() throws IOException {
        long length = body.length();
        long pumped = 0;
        for (ByteBuffer part = read(); part != null; part = read()) {
            pumped += part.remaining();
            if (length >= 0 && pumped > length) {
                throw new IOException("request body of more than the " + length + " bytes announced");
            }
            if (!stopped) {
                stream.send(part, false);
            }
        }
        if (length >= 0 && pumped < length) {
            throw new IOException("request body of " + pumped + " bytes where " + length + " were announced");
        }
        HttpFields trailers = body.trailers();
        if (trailers.size() == 0) {
            stream.send(ByteBuffer.allocate(0), true);
        } else {
            stream.send(JettyFields.of(trailers));
        }
        exchange.mark(Phase.US_TX_END);
    }
}
