package dev.attache.listeners;

import dev.attache.core.http.Body;
import dev.attache.core.http.BrokenBodyException;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Headers;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Response;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.UnencodableException;
import dev.attache.core.proxy.HttpEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one response to a stream: head, body, trailers, in as few frames as possible, and never later than it could. A
 * body that breaks off is never ended as if it were complete. For one thread.
 */
final class Http2Writer implements Cancellation.Waker {

    private static final Logger LOG = LoggerFactory.getLogger(Http2Writer.class);

    private static final LocalReply INTERNAL_ERROR = new LocalReply(500, "internal error", "internal_error");
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** The most that is sent at once: a frame of the least size that everybody takes. */
    private static final int PART = 16 * 1024;

    private final Http2Stream stream;
    private final HttpEntry entry;
    private final Exchange exchange;
    private final boolean toHead;
    private @Nullable Headers head;

    private boolean headSent;

    // What gather() has read ahead.
    private @Nullable ByteBuffer rest;
    private boolean ended;
    private @Nullable IOException broken;

    Http2Writer(Http2Stream stream, HttpEntry entry, Exchange exchange, boolean toHead) {
        this.stream = stream;
        this.entry = entry;
        this.exchange = exchange;
        this.toHead = toHead;
    }

    /**
     * Writes all of {@code response}.
     *
     * @throws TruncatedBodyException when the body broke off
     * @throws IOException            when the client is gone, or takes nothing
     */
    void write(Response response) throws IOException {
        exchange.mark(Exchange.Phase.DS_TX_BEG);
        exchange.cancellation().guard(this);
        try {
            writeMessage(response);
        } catch (UnencodableException illegal) {
            LOG.error("exchange {}: a response that may not be sent: {}", exchange.id(), illegal.getMessage());
            writeInstead(response, INTERNAL_ERROR, illegal);
        } catch (TruncatedBodyException cut) {
            writeInstead(response, cut.getCause() instanceof BrokenBodyException broken ? broken.reply() : null, cut);
        } finally {
            exchange.cancellation().unguard();
        }
        exchange.mark(Exchange.Phase.DS_TX_END);
    }

    private void writeMessage(Response response) throws IOException {
        int status = response.status();
        head = head(status, response.headers());
        if (toHead || status == 204 || status == 304) {
            send(NOTHING, true, HttpFields.EMPTY);
        } else {
            writeBody(response.body(), response.headers().getLongField(HttpHeader.CONTENT_LENGTH));
        }
    }

    /** An answer of our own in the place of one of which nothing was sent; where something was, the stream breaks off. */
    private void writeInstead(Response response, @Nullable LocalReply reply, IOException trouble) throws IOException {
        if (headSent
                || reply == null
                || exchange.cancellation().cause() == Cancellation.Cause.DOWNSTREAM_GONE
                || stream.isFailed()) {
            throw trouble instanceof TruncatedBodyException cut
                    ? cut
                    : new TruncatedBodyException(String.valueOf(trouble.getMessage()), trouble);
        }
        LOG.debug("exchange {}: {}", exchange.id(), trouble.getMessage(), trouble);
        entry.replace(response, exchange, reply);
        rest = null;
        ended = false;
        broken = null;
        writeMessage(response);
    }

    private static Headers head(int status, HttpFields headers) {
        Headers head = new Headers(headers.size() + 1).add(":status", String.valueOf(status));
        for (HttpField field : headers) {
            HttpHeader known = field.getHeader();
            if (known == null || !isOfConnection(known)) {
                JettyFields.add(head, field);
            }
        }
        return head;
    }

    private static boolean isOfConnection(HttpHeader header) {
        return switch (header) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS -> true;
            default -> false;
        };
    }

    private void writeBody(Body body, long announced) throws IOException {
        switch (body) {
            case Body.Empty empty -> send(NOTHING, true, HttpFields.EMPTY);
            case Body.Buffered buffered -> writeWhole(buffered);
            case Body.Streaming streaming -> writeParts(streaming, announced);
        }
    }

    private void writeWhole(Body.Buffered body) throws IOException {
        ByteBuffer content = body.content();
        HttpFields trailers = TrailerRules.valid(body.trailers());
        exchange.responseTrailers(trailers);
        do {
            ByteBuffer part = content.slice(content.position(), Math.min(PART, content.remaining()));
            content.position(content.position() + part.remaining());
            send(part, !content.hasRemaining(), trailers);
        } while (content.hasRemaining());
    }

    private void writeParts(Body.Streaming body, long announced) throws IOException {
        long sent = 0;
        while (true) {
            if (head != null && !body.available()) {
                sendHead();
            }
            ByteBuffer part = gather(body, announced < 0 ? Long.MAX_VALUE : announced - sent);
            sent += part.remaining();
            if (announced >= 0 && (sent > announced || (ended && sent < announced))) {
                throw new TruncatedBodyException("body of another length than its content-length", null);
            }
            if (!ended) {
                send(part, false, HttpFields.EMPTY);
                continue;
            }
            HttpFields trailers = TrailerRules.valid(body.trailers());
            exchange.responseTrailers(trailers);
            send(part, true, trailers);
            return;
        }
    }

    /** A copy of the next parts that are here, at least one; sees whether they are the last. */
    private ByteBuffer gather(Body.Streaming body, long left) throws IOException {
        ByteBuffer part = rest == null ? read(body) : rest;
        rest = null;
        if (part == null) {
            return NOTHING;
        }
        boolean more = part.remaining() < PART && body.available();
        int size = more ? Math.clamp(left, part.remaining(), PART) : Math.min(PART, part.remaining());
        ByteBuffer gathered = ByteBuffer.allocate(size);
        while (part != null) {
            int n = Math.min(part.remaining(), gathered.remaining());
            gathered.put(gathered.position(), part, part.position(), n).position(gathered.position() + n);
            part.position(part.position() + n);
            if (part.hasRemaining()) {
                rest = part;
                break;
            }
            if ((!gathered.hasRemaining() && gathered.capacity() < PART && left > size) || !body.available()) {
                break;
            }
            try {
                part = body.read();
                ended = part == null;
            } catch (IOException failed) {
                broken = failed; // What came before goes out first.
                break;
            }
        }
        return gathered.flip();
    }

    private @Nullable ByteBuffer read(Body.Streaming body) throws TruncatedBodyException {
        if (broken != null) {
            throw new TruncatedBodyException("body broke off", broken);
        }
        if (ended) {
            return null;
        }
        try {
            ByteBuffer part = body.read();
            ended = part == null;
            return part;
        } catch (IOException failed) {
            throw new TruncatedBodyException("body broke off", failed);
        }
    }

    private void sendHead() throws IOException {
        Headers first = head;
        head = null;
        if (first != null) {
            stream.send(first, false);
            headSent = true;
        }
    }

    /** Sends the head, where it was not, a part, and where it is the {@code last} one the trailers. */
    private void send(ByteBuffer part, boolean last, HttpFields trailers) throws IOException {
        Headers first = head;
        head = null;
        int size = part.remaining();
        Headers end = last && trailers.size() > 0 ? JettyFields.of(trailers) : null;
        if (first != null) {
            stream.send(first, part, end, last);
            headSent = true;
        } else if (end == null) {
            stream.send(part, last);
        } else {
            if (size > 0) {
                stream.send(part, false);
            }
            stream.send(end);
        }
        exchange.sent(size);
    }

    /** The exchange is given up while its answer is written: whoever writes must not wait for the client any more. */
    @Override
    public void wake(Cancellation.Cause cause) {
        stream.reset(ErrorCode.CANCEL);
    }
}
