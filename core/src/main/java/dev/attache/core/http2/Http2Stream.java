package dev.attache.core.http2;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Headers;
import dev.attache.core.http2.StreamResetException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an HTTP/2 connection, read and written by threads that wait. One thread may read while another one
 * writes; {@link #reset} may be called by any.
 *
 * <p>Each half ends once: complete, or failed with a reason. Whatever ends a stream or its connection (a frame of the
 * peer's, a violation of the protocol, a deadline, the socket) ends the halves that are still open, in {@link
 * Http2Session#fail}, and wakes whoever waits. So a half that has not ended belongs to a connection that is open, and a
 * body that was read to its end was sent to its end.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-5">RFC 9113, 5</a>
 */
public final class Http2Stream {

    /**
     * Is told once that the stream has ended too early, by whoever has seen it, without locks; must not block. Not told of
     * what {@link #reset} and {@link #finish} do.
     */
    @FunctionalInterface
    public interface Watcher {
        void failed(StreamResetException failure);
    }

    private static final Headers CONTINUE = new Headers(1).add(":status", "100");
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Http2Session session;
    private final long stallNanos;
    private final boolean mayWrite;

    // Guarded by the session's lock, as what they hold.
    final StreamInput input;
    final StreamOutput output;
    int id;
    boolean answered;

    @Nullable
    Watcher watcher;

    @Nullable
    StreamResetException failure;

    @Nullable
    Lingering lingering;

    private @Nullable Thread reader;
    private @Nullable Thread writer;

    // The reader's.
    private int lent;

    /**
     * A stream; {@code id} is 0 while it has no number.
     *
     * @param mayWrite whether the threads that use it may write to the socket: one that is interrupted there would close it
     */
    Http2Stream(Http2Session session, int id, int receiveWindow, long sendWindow, long stallNanos, boolean mayWrite) {
        this.session = session;
        this.id = id;
        this.input = new StreamInput(receiveWindow);
        this.output = new StreamOutput(sendWindow);
        this.stallNanos = stallNanos;
        this.mayWrite = mayWrite;
    }

    /** Who is told of an early end; told at once where it has come already. */
    public void watch(Watcher newWatcher) {
        StreamResetException already;
        session.lock();
        try {
            watcher = newWatcher;
            already = failure;
        } finally {
            session.unlock();
        }
        if (already != null && already.kind() != Kind.LOCAL) {
            newWatcher.failed(already);
        }
    }

    /** The answer has no content whatever its head says, as that to a HEAD. To be said before the stream is opened. */
    public void withoutContent() {
        input.withoutContent();
    }

    /** What comes behind the answer's head is another protocol's. To be said before the stream is opened. */
    public void anyLength() {
        input.anyLength();
    }

    /**
     * Opens a stream on a connection of ours.
     *
     * @param head pseudo fields and fields
     * @param body the first of the body; null for nothing yet
     * @param last whether nothing follows
     * @throws StreamResetException of kind UNPROCESSED when the connection takes no more: nothing was sent
     * @throws UnencodableException when a field cannot be written: nothing was sent
     */
    public void open(Headers head, @Nullable ByteBuffer body, boolean last) throws IOException {
        UnencodableException.check(head);
        session.lock();
        try {
            awaitRoom();
            session.open(this, head, last && body == null);
            if (body != null) {
                append(body, last);
            }
        } finally {
            session.unlockAndFlush(mayWrite);
        }
    }

    /** Waits for the next head of a response, interim or final. */
    public MessageHead nextHead() throws IOException {
        session.lock();
        try {
            while (!input.hasHead()) {
                awaitInput();
            }
            return input.takeHead();
        } finally {
            session.unlock();
        }
    }

    /** Waits for the next part of the body, which belongs to the caller until the next call. Null at the end. */
    public @Nullable ByteBuffer read() throws IOException {
        session.lock();
        try {
            session.consumed(this, takeLent());
            while (!input.hasContent()) {
                awaitInput();
            }
            ByteBuffer part = input.take();
            lent = part == null ? 0 : part.remaining();
            return part;
        } finally {
            session.unlockLater();
        }
    }

    /** The part that was read last is not needed any more. */
    public void giveBack() {
        session.lock();
        try {
            session.consumed(this, takeLent());
        } finally {
            session.unlockLater();
        }
    }

    private int takeLent() {
        int octets = lent;
        lent = 0;
        return octets;
    }

    /** Whether {@link #read} would not wait. */
    public boolean available() {
        session.lock();
        try {
            return input.hasContent();
        } finally {
            session.unlock();
        }
    }

    /** Whether what a reader waits for is here, a head or content, or nothing more will come. */
    public boolean hasArrived() {
        session.lock();
        try {
            return input.hasHead() || input.hasContent();
        } finally {
            session.unlock();
        }
    }

    /** Whether all was read that the peer has sent, and it was complete. */
    public boolean ended() {
        session.lock();
        try {
            return input.isReadToItsEnd();
        } finally {
            session.unlock();
        }
    }

    /** The trailers, once all was read; null where there are none. */
    public @Nullable Headers trailers() {
        session.lock();
        try {
            MessageHead fields = input.trailers();
            return fields == null ? null : fields.fields();
        } finally {
            session.unlock();
        }
    }

    /** Ends the reading: whoever waits in {@link #read} is told, and what comes is thrown away; what is sent goes on. */
    public void endReading() {
        session.lock();
        try {
            session.consumed(this, input.discard());
            wakeReader();
        } finally {
            session.unlock();
        }
    }

    /** Sends a head, interim or final; {@code last} where nothing follows. */
    public void send(Headers head, boolean last) throws IOException {
        send(head, NOTHING, null, last);
    }

    /**
     * Sends a head and what follows, in as few parts as possible.
     *
     * @param end  trailers, which are the last; null where there are none
     * @param last whether nothing follows
     * @throws UnencodableException when a field cannot be written: nothing was sent
     */
    public void send(Headers head, ByteBuffer body, @Nullable Headers end, boolean last) throws IOException {
        UnencodableException.check(head);
        if (end != null) {
            UnencodableException.check(end);
        }
        boolean more = body.hasRemaining() || end != null;
        session.lock();
        try {
            awaitRoom();
            answered |= !head.value(0).startsWith("1");
            session.headers(this, head, last && !more);
            if (body.hasRemaining()) {
                append(body, last && end == null);
            }
            if (end != null) {
                awaitRoom();
                session.headers(this, end, true);
            }
        } finally {
            session.unlockAndFlush(mayWrite);
        }
    }

    /** Tells the peer to go on with its request, unless it has its answer already. Also while another thread sends. */
    public void sendContinue() throws IOException {
        session.lock();
        try {
            if (!answered && output.isOpen()) {
                session.headers(this, CONTINUE, false);
            }
        } finally {
            session.unlockAndFlush(mayWrite);
        }
    }

    /** Sends a part of a body. */
    public void send(ByteBuffer part, boolean last) throws IOException {
        session.lock();
        try {
            append(part, last);
        } finally {
            session.unlockAndFlush(mayWrite);
        }
    }

    /** Sends trailers, which end what is sent. */
    public void send(Headers end) throws IOException {
        UnencodableException.check(end);
        session.lock();
        try {
            awaitRoom();
            session.headers(this, end, true);
        } finally {
            session.unlockAndFlush(mayWrite);
        }
    }

    /** Whether all was sent that there is to send. */
    public boolean sentAll() {
        session.lock();
        try {
            return output.isComplete();
        } finally {
            session.unlock();
        }
    }

    /** Ends what is open of the stream, tells the peer, and throws away what was not read. Idempotent. */
    public void reset(ErrorCode code) {
        session.lock();
        try {
            session.fail(this, new StreamResetException(Kind.LOCAL, code, "stream reset: " + code), code);
            session.consumed(this, takeLent() + input.discard());
            wake();
        } finally {
            session.unlockLater();
        }
        session.giveUpStuckWrite();
    }

    /**
     * The exchange on a stream of the peer's is over. Where its answer is complete but the request is not, the peer has a
     * moment to see the one before it is told that no more of the other is wanted.
     */
    public void finish() {
        if (!sentAll()) {
            reset(ErrorCode.INTERNAL_ERROR);
            return;
        }
        session.lock();
        try {
            session.consumed(this, takeLent() + input.discard());
            if (session.linger(this)) {
                lingering = new Lingering();
                session.startLinger(lingering);
            }
        } finally {
            session.unlockLater();
        }
    }

    /** All was sent that answers the request; the rest of it is waited for, and thrown away. */
    final class Lingering extends Deadline {
        @Override
        protected void expired() {
            reset(ErrorCode.NO_ERROR);
        }
    }

    /** Whether the stream has ended too early. */
    public boolean isFailed() {
        session.lock();
        try {
            return failure != null;
        } finally {
            session.unlock();
        }
    }

    // What follows is called under the session's lock.

    /** Puts content into the output as the windows allow. */
    private void append(ByteBuffer part, boolean last) throws IOException {
        if (!part.hasRemaining()) {
            awaitRoom();
            if (last) {
                session.data(this, part, 0, true);
            }
            return;
        }
        long since = 0;
        while (part.hasRemaining()) {
            awaitRoom();
            int n = session.sendable(this, part.remaining());
            if (n == 0) {
                long now = System.nanoTime();
                since = since == 0 ? now : since;
                if (stallNanos != 0 && now - since >= stallNanos) {
                    session.stalled();
                    throw new StalledException();
                }
                session.awaitWindow(this);
                awaitOutput(stallNanos == 0 ? 0 : since + stallNanos - now);
                continue;
            }
            since = 0;
            session.data(this, part, n, last && n == part.remaining());
        }
    }

    private void awaitRoom() throws IOException {
        output.check();
        while (session.isFull()) {
            session.awaitRoom(this);
            awaitOutput(0);
            output.check();
        }
    }

    private void awaitInput() throws IOException {
        reader = Thread.currentThread();
        try {
            session.park(0);
        } finally {
            reader = null;
        }
    }

    /** Waits for leave to send; {@code nanos} at most, unless that is 0. */
    private void awaitOutput(long nanos) throws IOException {
        writer = Thread.currentThread();
        try {
            session.park(nanos);
        } finally {
            writer = null;
        }
        output.check();
    }

    /** Something has changed: whoever waits looks again. */
    void wake() {
        LockSupport.unpark(reader);
        LockSupport.unpark(writer);
    }

    void wakeReader() {
        LockSupport.unpark(reader);
    }

    void wakeWriter() {
        LockSupport.unpark(writer);
    }

    /** The peer has taken nothing of what was sent for too long. */
    public static final class StalledException extends IOException {
        private static final long serialVersionUID = 1;

        StalledException() {
            super("the peer takes nothing of what is sent");
        }
    }
}
