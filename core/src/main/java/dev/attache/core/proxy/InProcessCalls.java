package dev.attache.core.proxy;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.ProxyClosedException;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.stats.Stats;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the host application that are in progress: from the call until its response is closed. Ends them when the
 * proxy ends, and gives back what a response holds that nobody has closed, once nobody can close it any more. Safe for
 * use by all threads.
 *
 * <p>What the caller gets is a response of its own, and no way leads to it from the one behind it; so the collector finds
 * it when the caller drops it. The thread that waits for that is not one of {@code java.lang.ref.Cleaner}: it ends with
 * the proxy, and the calls have more than one lock between them.
 */
final class InProcessCalls implements AutoCloseable {

    /** How long calls that are broken off may take to notice. */
    private static final Duration BREAKING_OFF = Duration.ofSeconds(1);

    private final CallTable calls = new CallTable();
    private final ReferenceQueue<InProcessCall.Hold> dropped = new ReferenceQueue<>();
    private final UnclosedResponses unclosed;
    private volatile @Nullable Thread collector; // Set once, guarded by this.
    private volatile boolean closed;

    InProcessCalls(Stats stats) {
        unclosed = new UnclosedResponses(stats.scope("in_process").counter("responses_not_closed"));
    }

    /**
     * Makes one call.
     *
     * @throws ProxyClosedException after {@link #close}
     */
    Response call(HttpService service, Request request, Exchange exchange) {
        if (collector == null) {
            startCollector();
        }
        InProcessCall.Hold hold = new InProcessCall.Hold();
        InProcessCall call = new InProcessCall(hold, dropped, exchange);
        calls.add(call);
        boolean answered = false;
        try {
            if (closed) { // Looked at after it is noted: either this sees the close, or the close sees the call.
                throw new ProxyClosedException();
            }
            Response answer = service.handle(request, exchange);
            Body body = answer.body();
            Response handed = answer.heldBy(
                    body instanceof Body.Streaming streaming ? new HeldBody(streaming, hold) : body,
                    () -> close(call, hold));
            call.answered(answer, unclosed.place());
            answered = true;
            return handed;
        } finally {
            if (!answered) {
                end(call);
            }
            if (closed) {
                tellCloser();
            }
            Reference.reachabilityFence(hold);
        }
    }

    private void close(InProcessCall call, InProcessCall.Hold hold) {
        try {
            end(call);
        } finally {
            Reference.reachabilityFence(hold);
        }
    }

    private boolean end(InProcessCall call) {
        boolean ended = call.end();
        if (ended) {
            calls.remove(call);
        }
        return ended;
    }

    private synchronized void startCollector() {
        if (collector == null && !closed) {
            collector = Thread.ofVirtual().name("attache-unclosed-responses").start(this::collect);
        }
    }

    private void collect() {
        try {
            while (!closed) {
                if (dropped.remove() instanceof InProcessCall call && end(call)) {
                    unclosed.found(call.place());
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void tellCloser() {
        notifyAll();
    }

    /** Gives up what is in progress, and waits until it has noticed, for a second at most. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        Thread collecting = collector;
        if (collecting != null) {
            collecting.interrupt();
        }
        List<InProcessCall> inProgress = calls.all();
        inProgress.forEach(InProcessCall::cancel);
        long end = System.nanoTime() + BREAKING_OFF.toNanos();
        try {
            for (long left = BREAKING_OFF.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                if (inProgress.stream().noneMatch(InProcessCall::isWaiting)) {
                    return;
                }
                wait(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A body that may outlive the response which it was taken from. */
    private record HeldBody(Body.Streaming source, InProcessCall.Hold hold) implements Body.Streaming {

        @Override
        public @Nullable ByteBuffer read() throws IOException {
            try {
                return source.read();
            } finally {
                Reference.reachabilityFence(hold);
            }
        }

        @Override
        public boolean available() {
            return source.available();
        }

        @Override
        public long length() {
            return source.length();
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
}
