package dev.attache.core.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The content of a message, pulled part by part. A part is lent, never copied just to cross a layer: the buffer that
 * {@link #read} returns belongs to the body and is valid until the next call of {@code read} or {@link #close}.
 *
 * <p>For one reading thread at a time.
 */
public sealed interface Body permits Body.Empty, Body.Buffered, Body.Streaming {

    /** No content, with known length 0. */
    Body EMPTY = new Empty();

    /** A body that is wholly in memory, and can be read again. */
    static Body of(byte[] content) {
        return content.length == 0 ? EMPTY : new Buffered(ByteBuffer.wrap(content), HttpFields.EMPTY);
    }

    /** Bytes in all; -1 where it is not known before the end. */
    long length();

    /**
     * Waits for the next part.
     *
     * @return a buffer with at least one byte left, which the caller may consume; null at the end
     * @throws IOException when the peer broke off, sent what is not HTTP, or the exchange was cancelled
     */
    @Nullable
    ByteBuffer read() throws IOException;

    /** The trailers, once {@link #read} has returned null; empty before and where there are none. */
    HttpFields trailers();

    /**
     * Ends the reading; what was not read is given up. Idempotent. Also called by another thread than the one that reads:
     * a read of a {@link Streaming} body that is waiting then ends with an exception, and so does every later one.
     */
    void close();

    /** No content. */
    record Empty() implements Body {
        @Override
        public long length() {
            return 0;
        }

        @Override
        public @Nullable ByteBuffer read() {
            return null;
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {}
    }

    /** Content that is wholly in memory. */
    final class Buffered implements Body {
        private final ByteBuffer content;
        private final HttpFields trailers;
        private boolean read;

        /** A body of what is left in {@code content}, which must not change any more. */
        public Buffered(ByteBuffer content, HttpFields trailers) {
            this.content = content;
            this.trailers = trailers;
        }

        /** All of the content, as a view of its own. */
        public ByteBuffer content() {
            return content.asReadOnlyBuffer();
        }

        /** The same content, unread. */
        public Buffered replay() {
            return new Buffered(content, trailers);
        }

        @Override
        public long length() {
            return content.remaining();
        }

        /** Bytes in all, where that may be announced: -1 where trailers need a framing that has an end. */
        public long announcedLength() {
            return trailers.size() == 0 ? length() : -1;
        }

        @Override
        public @Nullable ByteBuffer read() {
            if (read || !content.hasRemaining()) {
                return null;
            }
            read = true;
            return content();
        }

        @Override
        public HttpFields trailers() {
            return trailers;
        }

        @Override
        public void close() {}
    }

    /** Content that comes from a connection and can be read once. */
    non-sealed interface Streaming extends Body {

        /**
         * Whether {@link #read} would return at once. A writer that holds something back in the hope of more asks this
         * before it waits; false is always a right answer.
         */
        default boolean available() {
            return false;
        }
    }
}
