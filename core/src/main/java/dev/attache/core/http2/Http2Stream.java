package dev.attache.core.http2;

import dev.attache.core.http2.StreamResetException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.RetryableStreamException;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.AutoLock;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an HTTP/2 connection, read and written by threads that wait. One thread may read while another one
 * writes; {@link #reset} may be called by any.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-5">RFC 9113, 5</a>
 */
public final class Http2Stream implements Stream.Listener {

    /** Is told, on the thread that reads the connection, that the stream has ended too early; must not block. */
    @FunctionalInterface
    public interface Watcher {
        void failed(StreamResetException failure);
    }

    /** How long after a stream was closed {@link #onReset} may come, on the same thread. */
    private static final long TOLD_NANOS = 20_000_000;

    private static final int FEW_STREAMS = 2;

    private final long stallNanos;
    private volatile @Nullable HTTP2Stream stream;
    private volatile @Nullable Watcher watcher;
    private volatile @Nullable Writing writing;
    private long writes;
    private final ReentrantLock headLock = new ReentrantLock(); // Not two at a time: the codec fails the second.
    private boolean answered; // Guarded by headLock.

    // A condition and no monitor: whoever is woken by a monitor passes one more thread of the JDK.
    private final AutoLock.WithCondition lock = new AutoLock.WithCondition();
    // Guarded by lock.
    private final ArrayDeque<MetaData.Response> heads = new ArrayDeque<>(1);
    private boolean headed;
    private boolean signalled;
    private boolean headEndedAll;
    private @Nullable StreamResetException failure;
    private boolean readingEnded;
    private volatile HttpFields trailers = HttpFields.EMPTY;

    // The reader's.
    private Stream.@Nullable Data lent;
    private Stream.@Nullable Data ahead;
    private volatile boolean ended;
    private volatile boolean sentAll;

    /**
     * A stream that has still to be {@linkplain #accepted} or {@linkplain #open opened}.
     *
     * @param stallNanos how long the peer may take none of what is sent; 0 for as long as it likes
     */
    public Http2Stream(long stallNanos) {
        this.stallNanos = stallNanos;
    }

    /** The peer has opened this stream; nothing of its body follows where {@code complete}. */
    public void accepted(Stream opened, boolean complete) {
        stream = (HTTP2Stream) opened;
        ended = complete;
        try (var _ = lock.lock()) {
            headed = true;
        }
    }

    /** Who is told of an early end; told at once where it has come already. */
    public void watch(Watcher newWatcher) {
        StreamResetException already;
        try (var _ = lock.lock()) {
            watcher = newWatcher;
            already = failure;
        }
        if (already != null) {
            newWatcher.failed(already);
        }
    }

    /**
     * Opens a stream on a connection of ours.
     *
     * @param body the first of the body, given away; null for nothing yet
     * @param last whether nothing follows
     * @throws IOException when there is no room for one more, or the connection is closing: nothing was sent
     */
    public void open(HTTP2Session session, MetaData.Request head, @Nullable ByteBuffer body, boolean last)
            throws IOException {
        HeadersFrame headers = new HeadersFrame(0, head, null, last && body == null);
        Opening opening = new Opening();
        sentAll = last;
        HTTP2Stream.FrameList frames =
                new HTTP2Stream.FrameList(headers, body == null ? null : new DataFrame(0, body, last), null);
        write(session, () -> session.newStream(frames, opening, this));
        opening.await();
    }

    /** Waits for the next head of a response, interim or final. */
    public MetaData.Response nextHead() throws IOException {
        opened().demand(); // Else nobody would tell of data that comes where a head should.
        try (var _ = lock.lock()) {
            while (heads.isEmpty()) {
                checkFailed();
                await(0);
            }
            MetaData.Response head = heads.removeFirst();
            if (heads.isEmpty() && headEndedAll) {
                ended = true;
            }
            return head;
        }
    }

    /** Waits for the next part of the body. It is lent until the next call. Null at the end. */
    public @Nullable ByteBuffer read() throws IOException {
        giveBack();
        while (!ended) {
            Stream.Data data = ahead == null ? opened().readData() : ahead;
            ahead = null;
            if (data == null) {
                awaitData();
                continue;
            }
            DataFrame frame = data.frame();
            ByteBuffer part = frame.getByteBuffer();
            if (frame.isEndStream() && !part.hasRemaining()) {
                ended = true;
            }
            if (part.hasRemaining()) {
                lent = data;
                return part;
            }
            data.release();
        }
        checkViolated();
        return null;
    }

    private void checkViolated() throws IOException {
        try (var _ = lock.lock()) {
            if (failure != null && failure.kind() == Kind.PROTOCOL) {
                throw failure;
            }
        }
    }

    /** Whether {@link #read} would not wait. For the reading thread. */
    public boolean available() {
        if (ended || ahead != null) {
            return true;
        }
        ahead = opened().readData();
        return ahead != null;
    }

    /** Whether all was read that the peer has sent. */
    public boolean ended() {
        return ended;
    }

    /** The trailers, once all was read. */
    public HttpFields trailers() {
        return trailers;
    }

    /** The part that was lent is not needed any more. For the reading thread. */
    public void giveBack() {
        Stream.Data returned = lent;
        if (returned != null) {
            lent = null;
            returned.release();
        }
    }

    private void awaitData() throws IOException {
        try (var _ = lock.lock()) {
            checkFailed();
            signalled = false;
        }
        opened().demand(); // It may tell of data on this thread.
        try (var _ = lock.lock()) {
            while (!signalled) {
                checkFailed();
                if (readingEnded) {
                    throw new StreamResetException(Kind.LOCAL, ErrorCode.CANCEL_STREAM_ERROR.code, "given up");
                }
                await(0);
            }
        }
    }

    /** Ends the reading: whoever waits in {@link #read} is told; what is sent goes on. */
    public void endReading() {
        try (var _ = lock.lock()) {
            readingEnded = true;
            lock.signalAll();
        }
    }

    /** Sends a head, interim or final; {@code last} where nothing follows. */
    public void send(MetaData head, boolean last) throws IOException {
        sendHead(head, new HTTP2Stream.FrameList(new HeadersFrame(id(), head, null, last)), last);
    }

    /** Tells the peer to go on with its request, unless it has its answer already. Also while another thread sends. */
    public void sendContinue() throws IOException {
        headLock.lock();
        try {
            if (!answered) {
                send(new MetaData.Response(HttpStatus.CONTINUE_100, null, HttpVersion.HTTP_2, HttpFields.EMPTY), false);
            }
        } finally {
            headLock.unlock();
        }
    }

    private void sendHead(MetaData head, HTTP2Stream.FrameList frames, boolean last) throws IOException {
        headLock.lock();
        try {
            answered |= head instanceof MetaData.Response response && response.getStatus() >= HttpStatus.OK_200;
            send(frames, last);
        } finally {
            headLock.unlock();
        }
    }

    /**
     * Sends a head and what follows, in as few parts as possible.
     *
     * @param body given away: a stream that is reset leaves its last frame to a thread that is still writing it
     * @param end  trailers, which are the last; null where there are none
     * @param last whether nothing follows the body
     */
    public void send(MetaData head, ByteBuffer body, @Nullable HttpFields end, boolean last) throws IOException {
        if (!body.hasRemaining() && end == null) {
            send(head, last);
            return;
        }
        sendHead(
                head,
                new HTTP2Stream.FrameList(
                        new HeadersFrame(id(), head, null, false),
                        body.hasRemaining() ? new DataFrame(id(), body, last && end == null) : null,
                        end == null ? null : new HeadersFrame(id(), new MetaData(HttpVersion.HTTP_2, end), null, true)),
                last || end != null);
    }

    /** Sends a part of a body, which is given away. */
    public void send(ByteBuffer part, boolean last) throws IOException {
        DataFrame frame = new DataFrame(id(), part, last);
        Sending sending = new Sending();
        write(opened().getSession(), () -> opened().data(frame, sending));
        sending.await();
        sentAll |= last;
    }

    /** Sends trailers, which end what we send. */
    public void send(HttpFields end) throws IOException {
        send(new MetaData(HttpVersion.HTTP_2, end), true);
    }

    private void send(HTTP2Stream.FrameList frames, boolean last) throws IOException {
        Sending sending = new Sending();
        write(opened().getSession(), () -> opened().send(frames, sending));
        sending.await();
        sentAll |= last;
    }

    /** A write that may wait for the peer. */
    private record Writing(HTTP2Session session, long id) {}

    /**
     * Writes on this thread where the stream is alone or nearly so. Where many are open, what one leaves to the thread that
     * writes goes out together with what others leave there meanwhile.
     */
    private void write(HTTP2Session session, Runnable output) throws IOException {
        if (session.getStreamsOpened() - session.getStreamsClosed() > FEW_STREAMS) {
            output.run();
            return;
        }
        writing = new Writing(session, ++writes); // First: whoever fails the stream from now on sees it.
        try {
            try (var _ = lock.lock()) {
                if (failure != null) {
                    throw failure;
                }
            }
            VirtualThreadEndPoint.waiting(output);
        } finally {
            writing = null;
        }
    }

    /** Whether all was sent that there is to send. */
    public boolean sentAll() {
        return sentAll;
    }

    /** Ends the stream; whoever waits for it is told. Idempotent, and without effect on a stream that is complete. */
    public void reset(ErrorCode code) {
        fail(new StreamResetException(Kind.LOCAL, code.code, "stream reset: " + code));
        HTTP2Stream current = stream;
        if (current != null && !current.isClosed()) {
            current.reset(new ResetFrame(current.getId(), code.code), Callback.NOOP);
        }
        Writing now = writing;
        if (now != null && now.session().getEndPoint() instanceof VirtualThreadEndPoint endPoint) {
            endPoint.giveUpWriting(() -> now.equals(writing));
        }
    }

    /** Whether the stream has ended too early. */
    public boolean isFailed() {
        HTTP2Stream current = stream;
        try (var _ = lock.lock()) {
            return failure != null || (current != null && current.isReset());
        }
    }

    /**
     * Throws where the stream has ended too early. Under the lock. The codec resets a stream by itself for what the peer
     * sends on it, and tells of that as of the peer's own reset, but that {@link #onReset} does not follow.
     */
    private void checkFailed() throws IOException {
        HTTP2Stream current = stream;
        if (failure == null && current != null && current.isReset()) {
            await(TOLD_NANOS);
            if (failure == null) {
                failure = new StreamResetException(
                        Kind.PROTOCOL, ErrorCode.PROTOCOL_ERROR.code, "stream reset for what was sent on it");
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void fail(StreamResetException cause) {
        Watcher told;
        try (var _ = lock.lock()) {
            if (failure != null) {
                return;
            }
            failure = cause;
            told = watcher;
            lock.signalAll();
        }
        if (told != null && cause.kind() != Kind.LOCAL) {
            told.failed(cause);
        }
    }

    private HTTP2Stream opened() {
        HTTP2Stream current = stream;
        if (current == null) {
            throw new IllegalStateException("the stream is not open");
        }
        return current;
    }

    private int id() {
        return opened().getId();
    }

    // Under the lock. Returns whether the time has passed.
    @SuppressWarnings("WaitNotInLoop") // All callers do it in one.
    private boolean await(long nanos) throws IOException {
        try {
            if (nanos == 0) {
                lock.await();
                return false;
            }
            return lock.awaitNanos(nanos) <= 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StreamResetException(Kind.LOCAL, ErrorCode.CANCEL_STREAM_ERROR.code, "interrupted");
        }
    }

    @Override
    public void onHeaders(Stream of, HeadersFrame frame, Callback callback) {
        String wrong;
        try (var _ = lock.lock()) {
            wrong = frame.getMetaData() instanceof MetaData.Response head
                    ? head(head, frame.isEndStream())
                    : trailers(frame.getMetaData().getHttpFields(), frame.isEndStream());
            lock.signalAll();
        }
        if (wrong != null) {
            violated(of, wrong);
        }
        callback.succeeded();
    }

    // Under the lock, as the next. Both return what is wrong.
    private @Nullable String head(MetaData.Response head, boolean last) {
        if (headed) {
            return "a second head of a response";
        }
        headed = head.getStatus() >= HttpStatus.OK_200;
        if (last && !headed) {
            return "nothing behind an interim response";
        }
        heads.add(head);
        headEndedAll = last;
        return null;
    }

    private @Nullable String trailers(HttpFields fields, boolean last) {
        if (!headed) {
            return "a response without a status";
        }
        if (!last) {
            return "trailers that are not the end";
        }
        trailers = fields;
        return null;
    }

    /** What the peer sends is out of order. */
    private void violated(Stream of, String how) {
        fail(new StreamResetException(Kind.PROTOCOL, ErrorCode.PROTOCOL_ERROR.code, how));
        of.reset(new ResetFrame(of.getId(), ErrorCode.PROTOCOL_ERROR.code), Callback.NOOP);
    }

    @Override
    public void onDataAvailable(Stream of) {
        boolean early;
        try (var _ = lock.lock()) {
            signalled = true;
            early = !headed;
            lock.signalAll();
        }
        if (early) {
            violated(of, "content in front of its head");
        }
    }

    @Override
    public void onReset(Stream of, ResetFrame frame, Callback callback) {
        fail(StreamResetException.byPeer(frame.getError()));
        callback.succeeded();
    }

    @Override
    public void onFailure(Stream of, int error, String reason, Throwable cause, Callback callback) {
        String words = reason == null ? String.valueOf(cause.getMessage()) : reason;
        Kind kind = cause instanceof RetryableStreamException
                ? Kind.UNPROCESSED
                : error == ErrorCode.PROTOCOL_ERROR.code ? Kind.PROTOCOL : Kind.CONNECTION;
        fail(new StreamResetException(kind, error, words));
        if (kind == Kind.PROTOCOL) {
            of.reset(new ResetFrame(of.getId(), error), Callback.NOOP); // The codec only closes it.
        }
        callback.succeeded();
    }

    @Override
    public void onClosed(Stream of) {
        if (!of.isReset()) {
            return; // Whoever waits is told of the end by itself.
        }
        try (var _ = lock.lock()) {
            lock.signalAll(); // Maybe for a reset of which nobody else tells.
        }
    }

    /** Waits for something to be sent, or for the end of the stream. */
    private class Sending implements Callback {
        // Guarded by the stream's lock.
        private boolean done;
        private @Nullable Throwable trouble;

        @Override
        public void succeeded() {
            ended(null);
        }

        @Override
        public void failed(Throwable cause) {
            ended(cause);
        }

        private void ended(@Nullable Throwable cause) {
            try (var _ = lock.lock()) {
                done = true;
                trouble = cause;
                lock.signalAll();
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        void await() throws IOException {
            try (var _ = lock.lock()) {
                while (!done) {
                    checkFailed();
                    if (Http2Stream.this.await(stallNanos) && !done) {
                        throw new StalledException();
                    }
                }
                if (failure != null) {
                    throw failure;
                }
                if (trouble != null) {
                    throw trouble instanceof StreamResetException known
                            ? known
                            : new StreamResetException(
                                    Kind.CONNECTION,
                                    ErrorCode.CANCEL_STREAM_ERROR.code,
                                    String.valueOf(trouble.getMessage()));
                }
            }
        }
    }

    /** Waits for a stream of ours to be open. */
    private final class Opening implements Promise<Stream> {
        // Guarded by the stream's lock.
        private @Nullable Stream opened;
        private @Nullable Throwable trouble;

        @Override
        public void succeeded(Stream result) {
            boolean late;
            try (var _ = lock.lock()) {
                stream = (HTTP2Stream) result; // At once: who gives up from now on has something to reset.
                opened = result;
                late = failure != null;
                lock.signalAll();
            }
            if (late) {
                result.reset(new ResetFrame(result.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
            }
        }

        @Override
        public void failed(Throwable cause) {
            try (var _ = lock.lock()) {
                trouble = cause;
                lock.signalAll();
            }
        }

        void await() throws IOException {
            try (var _ = lock.lock()) {
                while (opened == null && trouble == null && failure == null) {
                    if (Http2Stream.this.await(stallNanos)) {
                        throw new StalledException();
                    }
                }
                if (opened != null) {
                    return; // Whoever waits for an answer learns of a failure.
                }
                if (failure != null) {
                    throw failure;
                }
                throw new StreamResetException(
                        Kind.UNPROCESSED,
                        ErrorCode.REFUSED_STREAM_ERROR.code,
                        trouble == null ? "" : String.valueOf(trouble.getMessage()));
            }
        }
    }

    /** The peer has taken nothing of what was sent for too long. */
    public static final class StalledException extends IOException {
        private static final long serialVersionUID = 1;

        StalledException() {
            super("the peer takes nothing of what is sent");
        }
    }
}
