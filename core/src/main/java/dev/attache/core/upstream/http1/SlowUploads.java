package dev.attache.core.upstream.http1;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.Request;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Ends request bodies that come more slowly than they may while other requests wait for a connection; as long as nobody
 * waits a client may take its time. Only time counts in which the client is waited for, and only bodies of HTTP/1 that
 * are no gRPC: those of others are long by intent. Safe for use by all threads.
 */
final class SlowUploads {

    /** How often those who wait look. */
    static final long LOOK_NANOS = 500_000_000;

    /** The least time that a rate is taken over. */
    private static final long WINDOW_NANOS = 2_000_000_000;

    private static final double SECOND = 1e9;

    private final long bytesPerSecond;
    private final Set<Upload> uploads = ConcurrentHashMap.newKeySet();
    private final AtomicLong lastLook = new AtomicLong(System.nanoTime() - LOOK_NANOS);

    /** Ends what is slower; 0 ends nothing. */
    SlowUploads(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** One body; written by the thread that carries it. */
    final class Upload implements AutoCloseable {
        private final Exchange exchange;
        private volatile long bytes;
        private volatile long waited;
        private volatile long waitingSince;

        // By whoever looks, one at a time.
        private long bytesBefore;
        private long waitedBefore;

        private Upload(Exchange exchange) {
            this.exchange = exchange;
        }

        /** The client is waited for. */
        void waits() {
            waitingSince = System.nanoTime() | 1; // 0 is for not waiting.
        }

        /** So many bytes have come. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // One thread carries the body; the others only look.
        void came(int count) {
            long since = waitingSince;
            waitingSince = 0;
            waited += System.nanoTime() - since;
            bytes += count;
        }

        private boolean isTooSlow(long now) {
            long since = waitingSince;
            long waitedNow = waited + (since == 0 ? 0 : now - since);
            long window = waitedNow - waitedBefore;
            if (since == 0 || window < WINDOW_NANOS) {
                return false;
            }
            long bytesNow = bytes;
            boolean slow = bytesNow - bytesBefore < bytesPerSecond * (window / SECOND);
            bytesBefore = bytesNow;
            waitedBefore = waitedNow;
            return slow;
        }

        @Override
        public void close() {
            uploads.remove(this);
        }
    }

    /** A body that is about to be carried; null where it may be as slow as it is. */
    @Nullable
    Upload begin(Request request, Exchange exchange) {
        if (bytesPerSecond == 0
                || !(request.body() instanceof Body.Streaming)
                || !exchange.downstream().protocol().startsWith("HTTP/1")
                || Grpc.isGrpc(request.headers())) {
            return null;
        }
        Upload upload = new Upload(exchange);
        uploads.add(upload);
        return upload;
    }

    /** Ends at most so many bodies. Called by those who wait, each as often as it likes. */
    void look(long most) {
        long now = System.nanoTime();
        long before = lastLook.get();
        if (bytesPerSecond == 0 || now - before < LOOK_NANOS || !lastLook.compareAndSet(before, now)) {
            return;
        }
        long ended = 0;
        for (Upload upload : uploads) {
            if (ended < most && upload.isTooSlow(now)) {
                upload.exchange.cancellation().cancel(Cancellation.Cause.REQUEST_TIMEOUT);
                ended++;
            }
        }
    }
}
