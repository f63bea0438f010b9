package dev.attache.core.upstream.http1;

import dev.attache.core.net.TransportSocket;
import dev.attache.core.upstream.ClusterStats;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses of one connection, one after the other. Strict: what is not HTTP/1 to the letter ends the
 * connection. Parts of a body are lent from the buffer that they were read into.
 *
 * <p>Heads and chunks are the parser's; bodies with a length or until the end are counted here.
 */
final class ResponseReader implements HttpParser.ResponseHandler {

    private static final HttpCompliance KEEP_CASE =
            HttpCompliance.STRICT.with("STRICT_KEEP_CASE", HttpCompliance.Violation.CASE_SENSITIVE_FIELD_NAME);

    /** Holds the head and the body of a usual response. */
    private static final int SMALL = 8 * 1024;

    /** For the rest of a body that did not fit. */
    private static final int LARGE = 32 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/', '1', '.'};
    private static final int STATUS_LINE_START = "HTTP/1.1 200 ".length();

    /**
     * What a response may be.
     *
     * @param headBytes bytes of a head, or of what stands between two chunks, or of the trailers
     * @param fields    header fields, and trailer fields
     * @param keepCase  keeps the case of header names
     * @param trailers  whether trailers are carried
     */
    record Limits(int headBytes, int fields, boolean keepCase, boolean trailers) {}

    /** How the body ends. */
    private enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final TransportSocket socket;
    private final Limits limits;
    private final ClusterStats stats;
    private final HttpParser parser;

    /** What was read and not yet parsed, between its position and limit. */
    private ByteBuffer in = NOTHING;

    private ResponseHead head;
    private boolean headComplete;
    private Framing framing = Framing.NONE;
    private long remaining;
    private boolean complete;
    private @Nullable ByteBuffer part;
    private int overhead;
    private @Nullable String violation;
    private HttpFields.@Nullable Mutable trailers;
    private int trailerCount;

    ResponseReader(TransportSocket socket, Limits limits, ClusterStats stats) {
        this.socket = socket;
        this.limits = limits;
        this.stats = stats;
        this.head = new ResponseHead(limits.fields(), limits.trailers());
        this.parser = new HttpParser(this, -1, limits.keepCase() ? KEEP_CASE : HttpCompliance.STRICT);
        this.parser.setHeaderCacheCaseSensitive(true); // Else the values of known fields lose their case.
        this.parser.setHeaderCacheSize(0);
    }

    /** A buffer to write a request with, while no response is being read. */
    ByteBuffer scratch() {
        if (in.capacity() == 0) {
            in = ByteBuffer.allocate(Math.max(SMALL, socket.readSize()));
        }
        return in;
    }

    /** Forgets what {@link #scratch} was used for. */
    void begin() {
        in.clear().limit(0);
    }

    /** Waits for the first bytes of a response. */
    void awaitFirst() throws IOException {
        if (!in.hasRemaining()) {
            fill();
        }
    }

    /** Whether bytes have come that no response has taken. */
    boolean hasBytes() {
        return in.hasRemaining();
    }

    /** Reads the next head, of an interim response or the final one. */
    ResponseHead readHead(boolean toHeadRequest) throws IOException {
        parser.reset();
        parser.setHeadResponse(toHeadRequest);
        head = new ResponseHead(limits.fields(), limits.trailers());
        headComplete = false;
        complete = false;
        part = null;
        overhead = 0;
        trailers = null;
        trailerCount = 0;
        awaitStatusLine();
        int bytes = 0;
        while (!headComplete) {
            if (!in.hasRemaining()) {
                fill();
            }
            int before = in.remaining();
            parse();
            bytes += before - in.remaining();
            check(head.violation());
            if (bytes > limits.headBytes()) {
                throw new ProtocolViolation("response head of more than " + limits.headBytes() + " bytes");
            }
        }
        head.complete();
        check(head.violation());
        frame(toHeadRequest);
        return head;
    }

    /** The parser takes more than this for a status line. */
    private void awaitStatusLine() throws IOException {
        int checked = 0;
        while (true) {
            int available = Math.min(in.remaining(), STATUS_LINE_START);
            for (; checked < available; checked++) {
                if (!isStatusLine(checked, in.get(in.position() + checked))) {
                    throw new ProtocolViolation("not an HTTP/1 status line");
                }
            }
            if (checked == STATUS_LINE_START) {
                return;
            }
            fill();
        }
    }

    private static boolean isStatusLine(int index, byte b) {
        return switch (index) {
            case 0, 1, 2, 3, 4, 5, 6 -> b == VERSION[index];
            case 7 -> b == '0' || b == '1';
            case 8 -> b == ' ';
            case 9 -> b >= '1' && b <= '9';
            case 10, 11 -> b >= '0' && b <= '9';
            default -> b == ' ' || b == '\r';
        };
    }

    private void frame(boolean toHeadRequest) {
        int status = head.status();
        if (toHeadRequest || status < 200 || status == 204 || status == 304) {
            framing = Framing.NONE;
            remaining = 0;
            complete = true;
        } else if (head.chunked()) {
            framing = Framing.CHUNKED;
            remaining = -1;
        } else if (head.contentLength() >= 0) {
            framing = Framing.LENGTH;
            remaining = head.contentLength();
            complete = remaining == 0;
        } else {
            framing = Framing.UNTIL_CLOSE;
            remaining = -1;
        }
    }

    /** Bytes of the body still to come; -1 where that is not known. */
    long remaining() {
        return remaining;
    }

    /** Whether the response was read to its end. */
    boolean complete() {
        return complete;
    }

    /** Whether the connection is where the next response will begin. */
    boolean reusable() {
        return complete && framing != Framing.UNTIL_CLOSE && head.persistent() && !in.hasRemaining();
    }

    /** The trailers that go on downstream; empty where there are none. */
    HttpFields trailers() {
        return trailers == null ? HttpFields.EMPTY : trailers;
    }

    /**
     * The next part of the body, which is good until the next call; null at the end.
     *
     * @throws ProtocolViolation when a chunk is broken
     * @throws EOFException      when the connection ends before the body does
     */
    @Nullable
    ByteBuffer readBody() throws IOException {
        return complete ? null : framing == Framing.CHUNKED ? readChunk() : readPlain();
    }

    private @Nullable ByteBuffer readPlain() throws IOException {
        if (!in.hasRemaining()) {
            enlarge();
            if (framing == Framing.UNTIL_CLOSE) {
                if (receive(true) < 0) {
                    if (!socket.endedByPeer()) {
                        throw new EOFException("connection broke off in a body without length");
                    }
                    complete = true;
                    return null;
                }
            } else {
                fill();
            }
        }
        return lend();
    }

    private ByteBuffer lend() {
        ByteBuffer lent = in.duplicate();
        if (framing == Framing.LENGTH) {
            if (lent.remaining() > remaining) {
                lent.limit(lent.position() + (int) remaining);
            }
            remaining -= lent.remaining();
            complete = remaining == 0;
        }
        in.position(lent.limit());
        return lent;
    }

    private @Nullable ByteBuffer readChunk() throws IOException {
        while (!parseAhead()) {
            enlarge();
            fill();
        }
        ByteBuffer found = part;
        part = null;
        return found;
    }

    /** Parses what is here up to the next content. Returns whether there is some, or the end. */
    private boolean parseAhead() throws ProtocolViolation {
        check(violation);
        while (part == null && !complete && in.hasRemaining()) {
            int before = in.remaining();
            parse();
            check(violation);
            overhead += before - in.remaining() - (part == null ? 0 : part.remaining());
            if (overhead > limits.headBytes()) {
                violation = "chunk extensions or trailers of more than " + limits.headBytes() + " bytes";
                check(violation);
            }
        }
        if (part != null) {
            overhead = 0;
        }
        return part != null || complete;
    }

    /** Whether {@link #readBody} would return at once. */
    boolean ready() {
        if (framing != Framing.CHUNKED) {
            return complete || in.hasRemaining();
        }
        try {
            return parseAhead();
        } catch (ProtocolViolation broken) {
            return true; // It is thrown again.
        }
    }

    private void parse() throws ProtocolViolation {
        try {
            parser.parseNext(in);
        } catch (RuntimeException | AssertionError surprised) { // Its assertions are about what came, too.
            violation = "malformed response";
            check(violation);
        }
    }

    /** Reads what is left of the body as far as it is here already. Returns whether that was all. */
    boolean drain(int most) throws IOException {
        if (framing == Framing.UNTIL_CLOSE || remaining > most) {
            return false;
        }
        for (int drained = 0; !complete && drained <= most; ) {
            if (!in.hasRemaining() && receive(false) <= 0) {
                return false;
            }
            int before = in.remaining();
            if (framing == Framing.CHUNKED) {
                parseAhead();
                part = null;
            } else {
                lend();
            }
            drained += before - in.remaining();
        }
        return complete;
    }

    private static void check(@Nullable String wrong) throws ProtocolViolation {
        if (wrong != null) {
            throw new ProtocolViolation(wrong);
        }
    }

    private void enlarge() {
        if (in.capacity() < LARGE && (remaining < 0 || remaining > in.capacity())) {
            in = ByteBuffer.allocate(LARGE).limit(0);
        }
    }

    private void fill() throws IOException {
        if (receive(true) < 0) {
            throw new EOFException("connection closed");
        }
    }

    /** Puts more bytes behind those that are there; as {@link TransportSocket#read}. */
    private int receive(boolean wait) throws IOException {
        scratch();
        in.compact();
        int n = 0;
        try {
            n = wait ? socket.read(in) : socket.readNow(in);
        } finally {
            in.flip();
        }
        if (n > 0) {
            stats.upstreamCxRxBytesTotal.add(n);
        }
        return n;
    }

    /** Gives the buffer up, while no response is being read. */
    void trim() {
        in = NOTHING;
    }

    // What the parser calls.

    @Override
    public void startResponse(HttpVersion version, int status, @Nullable String reason) {
        head.start(version, status);
    }

    @Override
    public void parsedHeader(HttpField field) {
        head.add(field);
    }

    @Override
    public boolean headerComplete() {
        headComplete = true;
        return true;
    }

    @Override
    public boolean content(ByteBuffer content) {
        part = content;
        return true;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public void parsedTrailer(HttpField field) {
        if (++trailerCount > limits.fields()) {
            violation = "more than " + limits.fields() + " trailer fields";
        } else if (limits.trailers() && Trailers.mayBeForwarded(field)) {
            if (trailers == null) {
                trailers = HttpFields.build();
            }
            trailers.add(field);
        }
    }

    @Override
    public boolean messageComplete() {
        complete = true;
        return true;
    }

    @Override
    public void earlyEOF() {
        violation = "malformed chunk";
    }

    @Override
    public void badMessage(HttpException failure) {
        String reason = failure.getReason();
        head.violate(reason == null ? "malformed response" : reason);
    }
}
