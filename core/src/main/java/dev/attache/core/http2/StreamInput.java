package dev.attache.core.http2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a stream: what the peer has sent on it and nobody has read yet, and how it ended. Heads come before
 * content, content before trailers, and the end once; whatever breaks that order is told to the caller, who ends the
 * stream. What has come before an early end is still read. All calls under the lock of the session.
 */
final class StreamInput {

    private enum State {
        /** The final head has still to come. */
        HEAD,
        CONTENT,
        /** The peer has ended it: it is complete. */
        COMPLETE,
        /** It has ended before it was complete. */
        FAILED
    }

    /** Content in crumbs is gathered in pieces of this size. */
    private static final int LEAST_PIECE = 2 * 1024;

    private final ArrayDeque<MessageHead> heads = new ArrayDeque<>(1);
    private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>(2); // To be read from position to limit.
    private State state;
    private @Nullable StreamResetException failure;
    private @Nullable MessageHead trailers;
    private boolean withoutContent;
    private boolean anyLength;
    private long announced = -1;
    private long received;
    private int window;
    private int consumed;
    private boolean discarding;
    private boolean thrownAway;

    /** Of a stream whose peer may send {@code window} octets. */
    StreamInput(int window) {
        this.window = window;
        this.state = State.HEAD;
    }

    /** What comes answers a request whose answer has no content (HEAD). */
    void withoutContent() {
        withoutContent = true;
    }

    /** What comes behind the final head is no content, but another protocol's. */
    void anyLength() {
        anyLength = true;
    }

    /** The head of a request opens the stream. */
    void begin(MessageHead request, boolean complete) {
        state = complete ? State.COMPLETE : State.CONTENT;
        announced = request.isConnect() ? -1 : request.contentLength();
    }

    /** A head of a response, interim or final. Returns what is wrong with it; null where nothing is. */
    @Nullable
    String head(MessageHead head, boolean last) {
        if (head.malformed() != null) {
            return head.malformed();
        }
        boolean finalHead = head.status() >= 200;
        if (last && !finalHead) {
            return "nothing behind an interim response";
        }
        if (finalHead) {
            boolean empty = withoutContent || head.status() == 204 || head.status() == 304;
            announced = anyLength ? -1 : empty ? 0 : head.contentLength();
            state = State.CONTENT;
        }
        String wrong = last ? complete() : null;
        if (wrong == null) {
            heads.add(head);
        }
        return wrong;
    }

    /** Whether a head is expected next, and no trailers. */
    boolean awaitsHead() {
        return state == State.HEAD;
    }

    /**
     * A DATA frame begins.
     *
     * @param content octets without padding
     * @return what is wrong with it; null where nothing is
     */
    @Nullable
    String dataBegins(int content) {
        if (state == State.HEAD) {
            return "content in front of its head";
        }
        received += content;
        return announced >= 0 && received > announced
                ? "content of more than the " + announced + " octets announced"
                : null;
    }

    /** Whether the peer has sent more than it may. */
    boolean exceedsWindow(int length) {
        window -= length;
        return window < 0;
    }

    /** Content has come. */
    void data(ByteBuffer part) {
        while (part.hasRemaining()) {
            ByteBuffer last = pieces.peekLast();
            int room = last == null ? 0 : last.capacity() - last.limit();
            if (last == null || room == 0) {
                long expected = announced < 0 ? LEAST_PIECE : announced - received + part.remaining();
                int size = (int) Math.min(expected, Frames.MAX_PAYLOAD);
                last = ByteBuffer.allocate(Math.max(size, part.remaining())).limit(0);
                pieces.add(last);
                room = last.capacity();
            }
            int n = Math.min(room, part.remaining());
            int at = last.limit();
            last.limit(at + n).put(at, part, part.position(), n);
            part.position(part.position() + n);
        }
    }

    /** The peer has ended it. Returns what is wrong with that; null where nothing is. */
    @Nullable
    String complete() {
        if (state == State.HEAD) {
            return "the end in front of a head";
        }
        if (announced >= 0 && received != announced) {
            return "content of " + received + " octets (expected: " + announced + ")";
        }
        state = State.COMPLETE;
        return null;
    }

    /** Trailers, which end it. Returns what is wrong with them; null where nothing is. */
    @Nullable
    String trailers(MessageHead fields, boolean last) {
        if (!last) {
            return state == State.HEAD ? "a response without a status" : "trailers that are not the end";
        }
        if (fields.malformed() != null) {
            return fields.malformed();
        }
        if (fields.tooLarge()) {
            return "trailers too large";
        }
        trailers = fields;
        return complete();
    }

    /** It ends early; without effect once it has ended. */
    void fail(StreamResetException cause) {
        if (isOpen()) {
            state = State.FAILED;
            failure = cause;
        }
    }

    /** Whether the peer may send more. */
    boolean isOpen() {
        return state == State.HEAD || state == State.CONTENT;
    }

    boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** Whether a head is there, or none will be. */
    boolean hasHead() {
        return !heads.isEmpty() || !isOpen() || discarding;
    }

    MessageHead takeHead() throws IOException {
        MessageHead head = heads.poll();
        if (head == null) {
            throw failure == null ? givenUp() : failure;
        }
        return head;
    }

    /** Whether {@link #take} would not have to wait. */
    boolean hasContent() {
        ByteBuffer first = pieces.peek();
        return (first != null && first.hasRemaining()) || !isOpen() || discarding;
    }

    /** The next content, which is not kept; null at the end. */
    @Nullable
    ByteBuffer take() throws IOException {
        ByteBuffer first = pieces.peek();
        if (first == null || !first.hasRemaining()) {
            if (failure != null) {
                throw failure;
            }
            if (isOpen() || thrownAway) {
                throw givenUp();
            }
            return null;
        }
        if (first.limit() == first.capacity() || !isOpen()) {
            pieces.remove();
            return first;
        }
        // The last piece, behind which the next content is still to be put.
        ByteBuffer part = first.slice(first.position(), first.remaining());
        first.position(first.limit());
        return part;
    }

    private static StreamResetException givenUp() {
        return new StreamResetException(StreamResetException.Kind.LOCAL, ErrorCode.CANCEL, "given up");
    }

    /** Whether all has been read, and it was complete. */
    boolean isReadToItsEnd() {
        return state == State.COMPLETE
                && heads.isEmpty()
                && !(pieces.size() > 0 && pieces.peek().hasRemaining());
    }

    @Nullable
    MessageHead trailers() {
        return trailers;
    }

    /** From now on nothing is kept. Returns the octets that were. */
    int discard() {
        int kept = 0;
        for (ByteBuffer piece : pieces) {
            kept += piece.remaining();
        }
        thrownAway |= kept > 0;
        pieces.clear();
        heads.clear();
        discarding = true;
        return kept;
    }

    boolean isDiscarding() {
        return discarding;
    }

    /** Octets have been read. Returns how much window is to be given back to the peer now. */
    int consumed(int octets, int wholeWindow) {
        consumed += octets;
        if (!isOpen() || consumed < wholeWindow / 2) {
            return 0;
        }
        int increment = consumed;
        consumed = 0;
        window += increment;
        return increment;
    }
}
