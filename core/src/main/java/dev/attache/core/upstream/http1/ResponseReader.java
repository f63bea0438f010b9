package dev.attache.core.upstream.http1;

import dev.attache.core.http1.MalformedMessageException;
import dev.attache.core.http1.MessageParser;
import dev.attache.core.http1.MessageParser.Framing;
import dev.attache.core.net.TransportSocket;
import dev.attache.core.upstream.ClusterStats;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses of one connection, one after the other. What is not HTTP/1 to the letter ends the connection. Parts
 * of a body are lent from the buffer that they were read into.
 */
final class ResponseReader {

    /** Holds the head and the body of a usual response. */
    private static final int SMALL = 8 * 1024;

    /**
     * What a response may be.
     *
     * @param headBytes bytes of a head, or of what stands between two chunks, or of the trailers
     * @param fields    header fields, and trailer fields
     * @param keepCase  keeps the case of header names
     * @param trailers  whether trailers are carried
     * @param bareLf    whether LF alone ends a line of a head
     */
    record Limits(int headBytes, int fields, boolean keepCase, boolean trailers, boolean bareLf) {}

    private final TransportSocket socket;
    private final Limits limits;
    private final ClusterStats stats;
    private final MessageParser parser;

    private ResponseHead head;
    private @Nullable MalformedMessageException malformed;
    private @Nullable ByteBuffer part;
    private boolean switched;

    ResponseReader(TransportSocket socket, Limits limits, ClusterStats stats) {
        this.socket = socket;
        this.limits = limits;
        this.stats = stats;
        this.head = new ResponseHead(limits.fields(), limits.trailers());
        this.parser = new MessageParser(
                new MessageParser.Limits(
                        limits.headBytes(), limits.fields(), limits.keepCase(), false, limits.bareLf()),
                Math.max(SMALL, socket.readSize()));
    }

    /** Space to write a request with, while no response is being read. */
    byte[] scratch() {
        return parser.scratch();
    }

    /** Waits for the first bytes of a response. */
    void awaitFirst() throws IOException {
        if (!parser.hasBytes()) {
            fill();
        }
    }

    /** Reads the next head, of an interim response or the final one. */
    ResponseHead readHead(boolean toHeadRequest) throws IOException {
        parser.begin();
        head = new ResponseHead(limits.fields(), limits.trailers());
        malformed = null;
        part = null;
        try {
            while (!parser.parseHead(head)) {
                checkStatusLine();
                check(head.violation());
                fill();
            }
        } catch (MalformedMessageException wrong) {
            throw violation(wrong);
        }
        head.complete();
        check(head.violation());
        frame(toHeadRequest);
        return head;
    }

    /** Half a line may already tell that it is none of ours. */
    private void checkStatusLine() throws ProtocolViolation {
        if (parser.hasFirstLine()) {
            return;
        }
        int b = parser.peek(0);
        for (int i = 0; b >= 0; b = parser.peek(++i)) {
            if (!ResponseHead.isStatusLine(i, b)) {
                throw new ProtocolViolation("not an HTTP/1 status line");
            }
        }
    }

    private void frame(boolean toHeadRequest) {
        int status = head.status();
        if (toHeadRequest || status < 200 || status == 204 || status == 304) {
            parser.body(Framing.NONE, 0);
        } else if (head.chunked()) {
            parser.body(Framing.CHUNKED, -1);
        } else if (head.contentLength() >= 0) {
            parser.body(Framing.LENGTH, head.contentLength());
        } else {
            parser.body(Framing.UNTIL_CLOSE, -1);
        }
    }

    /** From now on there are only bytes of another protocol, until the connection ends: they are read as a body. */
    void switchOver() {
        parser.body(Framing.UNTIL_CLOSE, -1);
        switched = true;
    }

    /** Bytes of the body still to come; -1 where that is not known. */
    long remaining() {
        return parser.remaining();
    }

    /** Whether the response was read to its end. */
    boolean complete() {
        return parser.complete() && part == null;
    }

    /** Whether the connection is where the next response will begin. */
    boolean reusable() {
        return complete() && parser.framing() != Framing.UNTIL_CLOSE && head.persistent() && !parser.hasBytes();
    }

    /** The trailers that go on downstream; empty where there are none. */
    HttpFields trailers() {
        HttpFields came = parser.trailers();
        if (!limits.trailers() || came.size() == 0) {
            return HttpFields.EMPTY;
        }
        HttpFields.Mutable kept = HttpFields.build();
        for (HttpField field : came) {
            if (Trailers.mayBeForwarded(field)) {
                kept.add(field);
            }
        }
        return kept;
    }

    /**
     * The next part of the body, which is good until the next call; null at the end.
     *
     * @throws ProtocolViolation when a chunk is broken
     * @throws EOFException      when the connection ends before the body does
     */
    @Nullable
    ByteBuffer readBody() throws IOException {
        while (!ready()) {
            if (receive(true) < 0) {
                end();
            }
        }
        check();
        ByteBuffer found = part;
        part = null;
        return found;
    }

    private void end() throws EOFException {
        if (parser.framing() != Framing.UNTIL_CLOSE) {
            throw new EOFException("connection closed");
        }
        // What is cut off is for the other protocol to know, as it would be on a connection without TLS.
        if (!switched && !socket.endedByPeer()) {
            throw new EOFException("connection broke off in a body without length");
        }
        parser.ended();
    }

    /** Whether {@link #readBody} would return at once, be it that it throws. */
    boolean ready() {
        if (part == null && malformed == null) {
            try {
                part = parser.takePart();
            } catch (MalformedMessageException wrong) {
                malformed = wrong;
            }
        }
        return part != null || malformed != null || parser.complete();
    }

    /** Reads what is left of the body as far as it is here already. Returns whether that was all. */
    boolean drain(int most) throws IOException {
        if (parser.framing() == Framing.UNTIL_CLOSE || parser.remaining() > most) {
            return false;
        }
        for (int drained = 0; !complete() && drained <= most; ) {
            if (ready()) {
                check();
                drained += part == null ? 0 : part.remaining();
                part = null;
            } else if (receive(false) <= 0) {
                return false;
            }
        }
        return complete();
    }

    /** Looks at what has come with the head: an answer whose body is broken already is none. */
    void checkArrived() throws ProtocolViolation {
        if (ready()) {
            check();
        }
    }

    private void check() throws ProtocolViolation {
        if (malformed != null) {
            throw violation(malformed);
        }
    }

    private static void check(@Nullable String wrong) throws ProtocolViolation {
        if (wrong != null) {
            throw new ProtocolViolation(wrong);
        }
    }

    private static ProtocolViolation violation(MalformedMessageException wrong) {
        return new ProtocolViolation(String.valueOf(wrong.getMessage()));
    }

    private void fill() throws IOException {
        if (receive(true) < 0) {
            throw new EOFException("connection closed");
        }
    }

    /** Puts more bytes behind those that are there; as {@link TransportSocket#read}. */
    private int receive(boolean wait) throws IOException {
        ByteBuffer room = parser.room();
        int n = 0;
        try {
            n = wait ? socket.read(room) : socket.readNow(room);
        } finally {
            parser.filled();
        }
        if (n > 0) {
            stats.upstreamCxRxBytesTotal.add(n);
        }
        return n;
    }

    /** Gives the buffer up, while no response is being read. */
    void trim() {
        parser.trim();
    }
}
