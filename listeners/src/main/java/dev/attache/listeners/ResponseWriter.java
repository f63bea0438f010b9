package dev.attache.listeners;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.http.Body;
import dev.attache.core.http.BrokenBodyException;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Response;
import dev.attache.core.http1.HeadBytes;
import dev.attache.core.http1.IllegalHeadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one response: head, body, trailers. What the client sees is either the whole of it or visibly cut: a body that
 * breaks off is never ended as if it were complete. What is written waits for nothing that is still to come. For one
 * thread.
 */
final class ResponseWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseWriter.class);
    private static final LocalReply INTERNAL_ERROR = new LocalReply(500, "internal error", "internal_error");
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};
    private static final int SMALL = 4 * 1024;
    private static final int GATHERED = 32 * 1024;

    private final DownstreamConnection connection;
    private final RequestHead request;
    private final ResponseHead heads;
    private final Exchange exchange;
    private final byte[] space;

    private @Nullable HeadBytes head;
    private boolean chunked;
    private boolean untilClose;

    // What next() has read ahead.
    private @Nullable ByteBuffer held;
    private boolean ended;
    private @Nullable IOException broken;

    ResponseWriter(
            DownstreamConnection connection, RequestHead request, ResponseHead heads, Exchange exchange, byte[] space) {
        this.connection = connection;
        this.request = request;
        this.heads = heads;
        this.exchange = exchange;
        this.space = space;
    }

    /** The body broke before anything was written. */
    private static final class NothingWrittenException extends TruncatedBodyException {
        private static final long serialVersionUID = 1L;

        NothingWrittenException(IOException broken) {
            super("body broke off in front of everything", broken);
        }

        LocalReply reply() {
            return getCause() instanceof BrokenBodyException broken ? broken.reply() : INTERNAL_ERROR;
        }
    }

    /**
     * Writes all of {@code response}, or in its place one of our own where it breaks before anything of it is written.
     *
     * @param close whether the connection ends with it
     * @return whether the connection may go on
     * @throws TruncatedBodyException when the body broke off
     * @throws IOException        when the client is gone
     */
    boolean write(Response response, boolean close) throws IOException {
        exchange.mark(Exchange.Phase.DS_TX_BEG);
        boolean persistent;
        try {
            persistent = writeMessage(response, close);
        } catch (IllegalHeadException illegal) {
            LOG.error("exchange {}: a response that may not be sent: {}", exchange.id(), illegal.getMessage());
            persistent = writeInstead(response, INTERNAL_ERROR, close);
        } catch (NothingWrittenException unwritten) {
            LOG.debug("exchange {}: {}", exchange.id(), unwritten.getMessage(), unwritten);
            persistent = writeInstead(response, unwritten.reply(), close);
        }
        exchange.mark(Exchange.Phase.DS_TX_END);
        return persistent;
    }

    private boolean writeInstead(Response response, LocalReply reply, boolean close) throws IOException {
        if (exchange.cancellation().cause() == Cancellation.Cause.DOWNSTREAM_GONE) {
            throw new TruncatedBodyException("client is gone", null);
        }
        connection.serving().entry().replace(response, exchange, reply);
        head = null;
        chunked = false;
        untilClose = false;
        try {
            return writeMessage(response, close);
        } catch (IllegalHeadException again) {
            writeError();
            return false;
        }
    }

    private boolean writeMessage(Response response, boolean close) throws IOException, IllegalHeadException {
        int status = response.status();
        HttpFields headers = response.headers();
        Body body = response.body();
        long announced = announced(headers);
        if (status == 204 || status == 304 || isHead()) {
            boolean tellsLength = announced >= 0 && status != 204;
            begin(
                    status,
                    headers,
                    tellsLength ? ResponseHead.Framing.LENGTH : ResponseHead.Framing.NONE,
                    announced,
                    close);
            flush(NOTHING);
            return !close;
        }
        return switch (body) {
            case Body.Empty empty -> writeWhole(status, headers, NOTHING, close);
            case Body.Buffered buffered -> writeWhole(status, headers, buffered.content(), close);
            case Body.Streaming streaming -> {
                chunked = announced < 0 && !request.isHttp10();
                untilClose = announced < 0 && !chunked;
                // Never "until the end of the connection" for whom there are chunks: a client could not tell a broken
                // end from a good one.
                begin(
                        status,
                        headers,
                        chunked
                                ? ResponseHead.Framing.CHUNKED
                                : untilClose ? ResponseHead.Framing.NONE : ResponseHead.Framing.LENGTH,
                        announced,
                        close || untilClose);
                if (chunked) {
                    writeChunks(streaming);
                } else {
                    writeParts(streaming, announced);
                }
                yield !close && !untilClose;
            }
        };
    }

    /**
     * Writes the head that says that the connection goes over to {@code upgrade}, and then what comes through the tunnel
     * until the other side has ended.
     *
     * @throws TruncatedException when the other side broke off
     * @throws IOException        when the client is gone
     */
    void writeTunnel(Response response, String upgrade) throws IOException {
        exchange.mark(Exchange.Phase.DS_TX_BEG);
        try {
            head = heads.writeSwitch(space, response.status(), response.headers(), upgrade);
        } catch (IllegalHeadException illegal) {
            throw new TruncatedBodyException("a response that may not be sent: " + illegal.getMessage(), illegal);
        }
        writeParts((Body.Streaming) response.body(), -1);
    }

    /** The length that is said; -1 where none is. */
    private static long announced(HttpFields headers) throws IllegalHeadException {
        try {
            return headers.getLongField(HttpHeader.CONTENT_LENGTH);
        } catch (NumberFormatException notOurs) {
            throw new IllegalHeadException("content-length: " + headers.get(HttpHeader.CONTENT_LENGTH));
        }
    }

    private boolean isHead() {
        return request.method().equals("HEAD");
    }

    private boolean writeWhole(int status, HttpFields headers, ByteBuffer content, boolean close)
            throws IOException, IllegalHeadException {
        int size = content.remaining();
        begin(status, headers, ResponseHead.Framing.LENGTH, size, close);
        flush(content);
        exchange.sent(size);
        return !close;
    }

    private void begin(int status, HttpFields headers, ResponseHead.Framing framing, long length, boolean close)
            throws IllegalHeadException {
        head = heads.write(space, status, headers, framing, length, close, request.isHttp10());
    }

    private void writeError() throws IOException {
        try {
            begin(500, HttpFields.EMPTY, ResponseHead.Framing.LENGTH, 0, true);
        } catch (IllegalHeadException impossible) {
            throw new IllegalStateException(impossible);
        }
        flush(NOTHING);
    }

    private void writeParts(Body.Streaming body, long length) throws IOException {
        long left = length < 0 ? Long.MAX_VALUE : length;
        while (left > 0) {
            ByteBuffer part = next(body, left);
            if (part == null) {
                break;
            }
            int size = part.remaining();
            left -= size;
            if (left < 0) {
                throw new TruncatedBodyException("body longer than its content-length", null);
            }
            flush(part);
            exchange.sent(size);
        }
        if (length > 0 && left > 0) {
            throw new TruncatedBodyException("body shorter than its content-length", null);
        }
        if (head != null) {
            flush(NOTHING);
        }
    }

    private void writeChunks(Body.Streaming body) throws IOException {
        while (true) {
            ByteBuffer part = next(body, Long.MAX_VALUE);
            if (part == null) {
                flush(lastChunk(body));
                return;
            }
            int size = part.remaining();
            flushChunk(part, ended ? lastChunk(body) : NOTHING);
            exchange.sent(size);
            if (ended) {
                return;
            }
        }
    }

    /** Writes the head, where it was not, and {@code content} behind it. */
    private void flush(ByteBuffer content) throws IOException {
        HeadBytes first = head;
        head = null;
        if (first == null) {
            write(content);
        } else if (first.append(content)) {
            write(first.written());
        } else {
            write(first.written(), content);
        }
    }

    private void flushChunk(ByteBuffer part, ByteBuffer end) throws IOException {
        HeadBytes first = head == null ? new HeadBytes(HeaderCase.LOWER, space) : head;
        head = null;
        first.put(HeadBytes.ascii(Integer.toHexString(part.remaining())));
        first.put(CRLF);
        if (first.append(part) && first.append(ByteBuffer.wrap(CRLF)) && first.append(end)) {
            write(first.written());
        } else {
            write(first.written(), part, ByteBuffer.wrap(CRLF), end);
        }
    }

    private void write(ByteBuffer... parts) throws IOException {
        // What is given up before is answered nevertheless; what is given up now does not wait for its client.
        exchange.cancellation().guard(connection);
        try {
            if (parts.length == 1) {
                connection.write(parts[0]);
            } else {
                connection.write(parts);
            }
        } finally {
            exchange.cancellation().unguard();
        }
    }

    private ByteBuffer lastChunk(Body.Streaming body) {
        HttpFields trailers = heads.trailers() ? TrailerRules.valid(body.trailers()) : HttpFields.EMPTY;
        exchange.responseTrailers(trailers);
        HeadBytes end = heads.trailerBytes(trailers.size());
        end.put(LAST_CHUNK);
        for (HttpField field : trailers) {
            try {
                end.field(field);
            } catch (IllegalHeadException illegal) {
                LOG.error("exchange {}: a trailer that may not be sent: {}", exchange.id(), illegal.getMessage());
                end = heads.trailerBytes(0);
                end.put(LAST_CHUNK);
                break;
            }
        }
        end.endLine();
        return end.written();
    }

    /** The next part of the body; several small ones that are here together as one. */
    private @Nullable ByteBuffer next(Body.Streaming body, long left) throws IOException {
        if (head != null && !body.available()) {
            flush(NOTHING);
        }
        ByteBuffer part = held == null ? read(body) : held;
        held = null;
        if (part == null || part.remaining() >= SMALL || part.remaining() == left || !body.available()) {
            return part;
        }
        ByteBuffer gathered = ByteBuffer.allocate(GATHERED).put(part);
        while (held == null && !ended && broken == null && body.available()) {
            try {
                part = body.read();
            } catch (IOException failed) {
                broken = failed; // What came before goes out first.
                break;
            }
            if (part == null) {
                ended = true;
            } else if (part.remaining() > gathered.remaining()) {
                held = part;
            } else {
                gathered.put(part);
            }
        }
        return gathered.flip();
    }

    private @Nullable ByteBuffer read(Body.Streaming body) throws TruncatedBodyException {
        if (ended) {
            return null;
        }
        if (broken != null) {
            throw new TruncatedBodyException("body broke off", broken);
        }
        try {
            return body.read();
        } catch (IOException failed) {
            throw head == null
                    ? new TruncatedBodyException("body broke off", failed)
                    : new NothingWrittenException(failed);
        }
    }

    /** Whether the end of the connection is the only sign of the end of the body. */
    boolean endsWithConnection() {
        return untilClose;
    }
}
