package dev.attache.listeners;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HttpConfig;
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
 * Reads the requests of one connection, one after the other. Strict: what is not HTTP/1 to the letter ends the
 * connection. Parts of a body are lent from the buffer that they were read into.
 *
 * <p>Heads and chunks are the parser's; a body with a length is counted here. For one thread at a time.
 */
final class RequestReader implements HttpParser.RequestHandler {

    /** Names keep their case only where it must be sent on. */
    private static final HttpCompliance PRESERVING_CASE =
            HttpCompliance.STRICT.with("STRICT_PRESERVING_CASE", HttpCompliance.Violation.CASE_SENSITIVE_FIELD_NAME);

    /** All that an idle connection holds: enough for most heads. */
    private static final int SMALL = 1024;

    /** For the rest of a head that did not fit, and for bodies. */
    private static final int LARGE = 32 * 1024;

    private final ConnectionInput input;
    private final HttpConfig config;
    private final int maxOverhead;
    private final HttpParser parser;
    private final ByteBuffer small = ByteBuffer.allocate(SMALL).limit(0);

    /** What was read and not yet parsed, between its position and limit. */
    private ByteBuffer in = small;

    private RequestHead head;
    private boolean headComplete;
    private boolean chunked;
    private long remaining;
    private boolean complete;
    private boolean broken;
    private @Nullable ByteBuffer part;
    private int overhead;
    private HttpFields.@Nullable Mutable trailers;
    private int trailerCount;
    private int refusedWith;

    RequestReader(ConnectionInput input, HttpConfig config) {
        this.input = input;
        this.config = config;
        this.maxOverhead = config.maxRequestHeadersKb() * 1024;
        this.head = new RequestHead(config.enableTrailers());
        boolean keepCase = config.headerCase() == HeaderCase.PRESERVE;
        this.parser = new HttpParser(this, maxOverhead, keepCase ? PRESERVING_CASE : HttpCompliance.STRICT);
        this.parser.setHeaderCacheCaseSensitive(true); // Else a value may come out in the case of an earlier one.
        this.parser.setHeaderCacheSize(0);
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
        parser.reset();
        head = new RequestHead(config.enableTrailers());
        headComplete = false;
        broken = false;
        part = null;
        overhead = 0;
        trailers = null;
        trailerCount = 0;
        refusedWith = 0;
        if (!in.hasRemaining()) {
            in = small.clear().limit(0);
        }
        boolean began = false;
        while (true) {
            if (in.hasRemaining()) {
                parse();
                if (refusedWith != 0) {
                    throw BadRequestException.ofParser(refusedWith);
                }
                if (headComplete) {
                    break;
                }
                if (!began && !parser.isStart()) {
                    began = true;
                    watch.headBegan();
                }
            }
            if (in == small && in.limit() == SMALL) {
                enlarge(); // There is more where that came from.
            }
            if (receive() < 0) {
                if (began) {
                    throw new EOFException("connection closed in a request head");
                }
                return null;
            }
        }
        head.complete();
        chunked = head.transferEncoding() != null;
        remaining = chunked ? -1 : Math.max(0, head.contentLength());
        complete = remaining == 0;
        return head;
    }

    /** The head that was read last, or as much of it as came. */
    RequestHead head() {
        return head;
    }

    /** Bytes of the body still to come; -1 where that is not known. */
    long remaining() {
        return remaining;
    }

    /** Whether the request was read to its end. */
    boolean complete() {
        return complete;
    }

    /** The trailers that came; empty where there are none. */
    HttpFields trailers() {
        return trailers == null ? HttpFields.EMPTY : trailers;
    }

    /**
     * The next part of the body as far as it is here already, good until the next call; null where more is needed, or at
     * the {@linkplain #complete end}.
     *
     * @throws IOException when a chunk is broken
     */
    @Nullable
    ByteBuffer takePart() throws IOException {
        if (complete) {
            return null;
        }
        if (!chunked) {
            return in.hasRemaining() ? lend() : null;
        }
        while (part == null && !complete && in.hasRemaining()) {
            int before = in.remaining();
            parse();
            overhead += before - in.remaining() - (part == null ? 0 : part.remaining());
            if (broken || overhead > maxOverhead) {
                throw new IOException("request body with a malformed chunk");
            }
        }
        ByteBuffer found = part;
        if (found != null) {
            overhead = 0;
            part = null;
        }
        return found;
    }

    private ByteBuffer lend() {
        ByteBuffer lent = in.duplicate();
        if (lent.remaining() > remaining) {
            lent.limit(lent.position() + (int) remaining);
        }
        remaining -= lent.remaining();
        complete = remaining == 0;
        in.position(lent.limit());
        return lent;
    }

    /** Room for what comes next of a body, once all that was lent is done with. */
    ByteBuffer room() {
        if (in.capacity() < LARGE && (remaining < 0 || remaining > in.capacity())) {
            enlarge();
        }
        return in.clear();
    }

    /** Takes over what has been put into {@link #room}. */
    void filled() {
        in.flip();
    }

    /** Reads more of a body if it is here, without waiting. Returns as {@link ConnectionInput#readNow}. */
    int receiveNow() throws IOException {
        ByteBuffer room = room();
        try {
            return input.readNow(room);
        } finally {
            filled();
        }
    }

    private int receive() throws IOException {
        if (in.hasRemaining()) {
            in = ByteBuffer.allocate(LARGE).put(in);
        } else {
            in.clear();
        }
        try {
            return input.read(in);
        } finally {
            in.flip();
        }
    }

    private void enlarge() {
        in = ByteBuffer.allocate(LARGE).limit(0);
    }

    private void parse() {
        try {
            parser.parseNext(in);
        } catch (RuntimeException | AssertionError surprised) { // Its assertions are about what came, too.
            broken = true;
            refusedWith = 400;
        }
    }

    // What the parser calls.

    @Override
    public void startRequest(String method, String uri, HttpVersion version) {
        head.start(method, uri, version);
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
        if (++trailerCount > config.maxHeadersCount()) {
            broken = true;
        } else if (config.enableTrailers()) {
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
        broken = true;
    }

    @Override
    public void badMessage(HttpException failure) {
        broken = true;
        refusedWith = failure.getCode();
    }
}
