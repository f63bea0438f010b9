package dev.attache.listeners;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.http1.MalformedMessageException;
import dev.attache.core.http1.MessageParser;
import dev.attache.core.http1.MessageParser.Framing;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one connection, one after the other. What is not HTTP/1 to the letter ends the connection. Parts
 * of a body are lent from the buffer that they were read into. For one thread at a time.
 */
final class RequestReader {

    /** All that an idle connection holds: enough for most heads. */
    private static final int SMALL = 1024;

    private final ConnectionInput input;
    private final boolean trailers;
    private final UnderscoreRules underscores;
    private final MessageParser parser;
    private RequestHead head;

    RequestReader(ConnectionInput input, HttpConfig config, UnderscoreRules underscores) {
        this.input = input;
        this.trailers = config.enableTrailers();
        this.underscores = underscores;
        this.head = new RequestHead(trailers);
        this.parser = new MessageParser(
                new MessageParser.Limits(
                        config.maxRequestHeadersKb() * 1024,
                        config.maxHeadersCount(),
                        config.headerCase() == HeaderCase.PRESERVE,
                        true,
                        false),
                SMALL);
    }

    /** What is told of a head that does not come as a whole. */
    interface HeadWatch {
        /** The first bytes of a head are there, and more is waited for. */
        void headBegan();
    }

    /**
     * Waits for the next head.
     *
     * @return null when the client has ended, or is gone, instead of beginning a request
     * @throws BadRequestException when it is no head of a request
     * @throws EOFException        when the connection ends in the middle of it
     */
    @Nullable
    RequestHead nextHead(HeadWatch watch) throws IOException, BadRequestException {
        parser.begin();
        head = new RequestHead(trailers);
        boolean began = false;
        try {
            while (!parser.parseHead(head)) {
                if (!began && parser.hasBegun()) {
                    began = true;
                    watch.headBegan();
                }
                if (receive() < 0) {
                    if (began) {
                        throw new EOFException("connection closed in a request head");
                    }
                    return null;
                }
            }
            head.complete();
        } catch (MalformedMessageException malformed) {
            throw BadRequestException.of(malformed);
        }
        boolean chunked = head.transferEncoding() != null;
        parser.body(chunked ? Framing.CHUNKED : Framing.LENGTH, Math.max(0, head.contentLength()));
        return head;
    }

    /** The head that was read last, or as much of it as came. */
    RequestHead head() {
        return head;
    }

    /** What came behind the head; for whoever takes the connection over. */
    ByteBuffer unparsed() {
        return parser.unparsed();
    }

    /** Whether the request was read to its end. */
    boolean complete() {
        return parser.complete();
    }

    /** What goes on of the trailers that came; empty where there are none. */
    HttpFields trailers() {
        return trailers ? TrailerRules.ofRequest(parser.trailers(), underscores) : HttpFields.EMPTY;
    }

    /**
     * The next part of the body as far as it is here already, good until the next call; null where more is needed, or at
     * the {@linkplain #complete end}.
     *
     * @throws IOException when a chunk is broken
     */
    @Nullable
    ByteBuffer takePart() throws IOException {
        try {
            return parser.takePart();
        } catch (MalformedMessageException malformed) {
            throw new IOException("request body with " + malformed.getMessage());
        }
    }

    /** From now on there is another protocol on the connection. */
    void switchOver() {
        parser.body(Framing.UNTIL_CLOSE, -1);
    }

    /** Waits for the next bytes of that protocol, good until the next call; null at the end. */
    @Nullable
    ByteBuffer readRaw() throws IOException {
        ByteBuffer part = takePart();
        while (part == null) {
            if (receive() < 0) {
                return null;
            }
            part = takePart();
        }
        return part;
    }

    /** Room for what comes next of a body, once all that was lent is done with. */
    ByteBuffer room() {
        return parser.room();
    }

    /** Takes over what has been put into {@link #room}. */
    void filled() {
        parser.filled();
    }

    /** Reads more of a body if it is here, without waiting. Returns as {@link ConnectionInput#readNow}. */
    int receiveNow() throws IOException {
        try {
            return input.readNow(parser.room());
        } finally {
            parser.filled();
        }
    }

    private int receive() throws IOException {
        try {
            return input.read(parser.room());
        } finally {
            parser.filled();
        }
    }
}
