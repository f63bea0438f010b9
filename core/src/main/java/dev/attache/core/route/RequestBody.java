package dev.attache.core.route;

import dev.attache.core.http.Body;
import dev.attache.core.vital.OutOfMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that comes from a connection, for as many attempts as there may be: each reads a view of its own
 * from the beginning. What was read is kept up to a limit; above it nothing more is kept, and there will be no other
 * attempt. Once the last attempt is known nothing is kept any more either.
 *
 * <p>One view reads at a time, and closing it ends its reading at once. But a connection has only one reader, which
 * cannot be called off without closing it. So while there may be another attempt, a read that would have to wait is left
 * to a thread that does nothing else; what it brings is for the view that reads then. No lock is held while the client
 * is waited for.
 */
final class RequestBody {

    /** What the owner wants to know; called without a lock, on whichever thread reads. */
    interface Listener {

        /** A part came in. */
        void progress();

        /** The body has come to its end. */
        void complete();

        /** The limit is passed: there cannot be another attempt. */
        void abandoned();
    }

    private final Body.Streaming source;
    private final long limit;
    private final Listener listener;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ByteBuffer> kept = new ArrayList<>(); // This and the rest: guarded by the lock.
    private long keptBytes;
    private boolean keeping;
    private boolean begun;
    private boolean reading;
    private boolean ended;
    private @Nullable IOException broken;
    private View view = new View();

    /**
     * A body.
     *
     * @param limit bytes that are kept for further attempts; 0 where there is only one
     */
    RequestBody(Body.Streaming source, long limit, Listener listener) {
        this.source = source;
        this.limit = limit;
        this.listener = listener;
        this.keeping = limit > 0;
    }

    /** Whether another attempt could read the body from its beginning: all of it is kept, or none was asked for yet. */
    boolean repeatable() {
        lock.lock();
        try {
            return (keeping || !begun) && broken == null;
        } finally {
            lock.unlock();
        }
    }

    /** The body for the next attempt; the view before gets nothing more. */
    Body.Streaming next() {
        lock.lock();
        try {
            view.closed = true;
            view = new View();
            changed.signalAll();
            return view;
        } finally {
            lock.unlock();
        }
    }

    /** There will be no further attempt: from now on closing the view closes the body. */
    void last() {
        boolean close;
        lock.lock();
        try {
            keeping = false;
            if (view.place >= kept.size()) {
                forgetUnlessKeeping(view);
            }
            close = view.closed;
        } finally {
            lock.unlock();
        }
        if (close) {
            source.close();
        }
    }

    private @Nullable ByteBuffer read(View reader) throws IOException {
        boolean lend;
        lock.lock();
        try {
            while (true) {
                if (reader.closed) {
                    throw new IOException("request body closed");
                }
                if (reader.place < kept.size()) {
                    return kept.get(reader.place++).duplicate();
                }
                if (broken != null) {
                    throw new IOException(broken.getMessage(), broken);
                }
                if (ended) {
                    return null;
                }
                forgetUnlessKeeping(reader);
                if (!reading) {
                    reading = true;
                    begun = true;
                    if (!keeping || source.available()) {
                        break;
                    }
                    Thread.ofVirtual().name("attache-request-body").start(this::fetch);
                }
                changed.awaitUninterruptibly();
            }
            lend = !keeping;
        } finally {
            lock.unlock();
        }
        ByteBuffer part = readSource(lend);
        return part == null ? read(reader) : part;
    }

    private void forgetUnlessKeeping(View reader) {
        if (!keeping) {
            kept.clear();
            reader.place = 0;
        }
    }

    private void fetch() {
        readSource(false);
    }

    /**
     * Reads one part from the client.
     *
     * @param lend hands it on as it is; otherwise it is copied to what is kept
     * @return the part that is lent; null where there is none
     */
    private @Nullable ByteBuffer readSource(boolean lend) {
        ByteBuffer part = null;
        IOException failure = null;
        try {
            part = source.read();
        } catch (IOException trouble) {
            failure = trouble;
        } catch (RuntimeException | Error bug) {
            OutOfMemory.look(bug);
            failure = new IOException("request body failed", bug);
        }
        lock.lock();
        try {
            reading = false;
            broken = failure;
            ended = failure == null && part == null;
            if (part != null && !lend && keep(part)) {
                listener.abandoned(); // Before the reader goes on: it may be the last to be heard of this request.
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (part != null) {
            listener.progress();
        } else if (failure == null) {
            listener.complete();
        }
        return lend ? part : null;
    }

    /** Keeps a part; returns whether it was one too many, so that no attempt may follow the one that reads. */
    private boolean keep(ByteBuffer part) {
        kept.add(ByteBuffer.allocate(part.remaining()).put(part).flip().asReadOnlyBuffer());
        keptBytes += kept.getLast().remaining();
        // Between two attempts the next one is owed what comes; it is one part at most.
        boolean abandoned = keeping && keptBytes > limit && !view.closed;
        keeping &= !abandoned;
        return abandoned;
    }

    /** One attempt's reading. */
    private final class View implements Body.Streaming {
        private int place;
        private boolean closed;

        @Override
        public long length() {
            return source.length();
        }

        @Override
        public @Nullable ByteBuffer read() throws IOException {
            return RequestBody.this.read(this);
        }

        @Override
        public boolean available() {
            lock.lock();
            try {
                return place < kept.size() || ended || (!reading && source.available());
            } finally {
                lock.unlock();
            }
        }

        @Override
        public HttpFields trailers() {
            return source.trailers();
        }

        @Override
        public void close() {
            boolean closeSource;
            lock.lock();
            try {
                closed = true;
                changed.signalAll();
                closeSource = !keeping; // No other attempt will want it.
            } finally {
                lock.unlock();
            }
            if (closeSource) {
                source.close();
            }
        }
    }
}
