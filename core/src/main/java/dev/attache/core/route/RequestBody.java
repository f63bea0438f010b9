package dev.attache.core.route;

import dev.attache.core.http.Body;
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
 * from the beginning. What was read is kept up to a limit; above it everything is dropped and there will be no other
 * attempt. Once the last attempt is known nothing is kept any more.
 *
 * <p>One view reads at a time. But the thread that read for an attempt that is over may still wait for the client: then
 * the next view waits until it has brought something. No lock is held while the client is waited for.
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
    private boolean reading;
    private boolean ended;
    private boolean last;
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
        this.last = limit == 0;
    }

    /** Whether another attempt could read the body from its beginning. */
    boolean repeatable() {
        lock.lock();
        try {
            return keeping && broken == null;
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
            last = true;
            keeping = false;
            if (view.place >= kept.size()) {
                kept.clear(); // Nobody reads them again.
                view.place = 0;
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
                if (!reading) {
                    break;
                }
                changed.awaitUninterruptibly();
            }
            reading = true;
        } finally {
            lock.unlock();
        }
        return readOn(reader);
    }

    /** Reads from the client, for itself or, if its attempt is over meanwhile, for the view that comes after it. */
    private @Nullable ByteBuffer readOn(View reader) throws IOException {
        ByteBuffer part = null;
        IOException failure = null;
        try {
            part = source.read();
        } catch (IOException trouble) {
            failure = trouble;
        } catch (RuntimeException bug) {
            failure = new IOException("request body failed", bug);
        }
        boolean abandoned = false;
        boolean closed;
        lock.lock();
        try {
            reading = false;
            broken = failure;
            ended = failure == null && part == null;
            if (part != null && (keeping || reader.closed)) {
                abandoned = keeping;
                part = keep(part, reader);
                abandoned &= !keeping;
            }
            closed = reader.closed;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            throw failure;
        }
        if (part == null) {
            listener.complete();
        } else {
            listener.progress();
        }
        if (abandoned) {
            listener.abandoned();
        }
        if (closed) {
            throw new IOException("request body closed");
        }
        return part;
    }

    /** Keeps a part if it fits; always if its reader's attempt is over, for it is owed to the next one. */
    private ByteBuffer keep(ByteBuffer part, View reader) {
        keptBytes += part.remaining();
        if (keptBytes > limit && !reader.closed) {
            keeping = false;
            kept.clear();
            reader.place = 0;
            return part;
        }
        ByteBuffer copy = ByteBuffer.allocate(part.remaining()).put(part).flip().asReadOnlyBuffer();
        kept.add(copy);
        if (!reader.closed) {
            reader.place = kept.size();
        }
        return copy.duplicate();
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
                closeSource = last;
            } finally {
                lock.unlock();
            }
            if (closeSource) {
                source.close();
            }
        }
    }
}
