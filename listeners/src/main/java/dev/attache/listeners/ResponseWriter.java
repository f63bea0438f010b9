package dev.attache.listeners;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Writes one response: head, body, trailers. What the client sees is either the whole of it or visibly cut: a body that
 * breaks off is never ended as if it were complete. For one thread.
 */
final class ResponseWriter {

    /** The upstream's side broke off; the client must see that its response is not complete. */
    static final class TruncatedException extends IOException {
        private static final long serialVersionUID = 1;

        TruncatedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private static final int SMALL = 4 * 1024;
    private static final int GATHERED = 32 * 1024;

    private final Request request;
    private final org.eclipse.jetty.server.Response written;
    private final WriteGate gate;
    private final ResponseHead heads;
    private final Exchange exchange;
    private boolean committed;

    // What next() has read ahead.
    private @Nullable ByteBuffer held;
    private boolean ended;
    private @Nullable IOException broken;

    ResponseWriter(
            Request request,
            org.eclipse.jetty.server.Response written,
            WriteGate gate,
            ResponseHead heads,
            Exchange exchange) {
        this.request = request;
        this.written = written;
        this.gate = gate;
        this.heads = heads;
        this.exchange = exchange;
    }

    /**
     * Writes all of {@code response}.
     *
     * @param close whether the connection ends with it
     * @throws TruncatedException when the body broke off
     * @throws IOException        when the client is gone
     */
    void write(Response response, boolean close) throws IOException {
        written.setStatus(response.status());
        HttpFields.Mutable headers = written.getHeaders();
        heads.copy(response.headers(), headers);
        if (close) {
            headers.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
        exchange.mark(Exchange.Phase.DS_TX_BEG);
        Body body = response.body();
        if (hasNoBody(response.status())) {
            writeHeadOnly(headers);
        } else {
            switch (body) {
                case Body.Empty empty -> gate.write(true, null);
                case Body.Buffered buffered -> writeWhole(buffered);
                case Body.Streaming streaming -> writeParts(streaming, headers);
            }
        }
        exchange.mark(Exchange.Phase.DS_TX_END);
    }

    private boolean isHead() {
        return HttpMethod.HEAD.is(request.getMethod());
    }

    private boolean hasNoBody(int status) {
        return isHead() || status == 204 || status == 304;
    }

    /** A last write alone would make Jetty add a length of 0, which says something else of what a GET would get. */
    private void writeHeadOnly(HttpFields.Mutable headers) throws IOException {
        if (written.getStatus() == 204) {
            headers.remove(HttpHeader.CONTENT_LENGTH);
        } else if (!headers.contains(HttpHeader.CONTENT_LENGTH)) {
            gate.write(false, null);
        }
        gate.write(true, null);
    }

    private void writeWhole(Body.Buffered body) throws IOException {
        ByteBuffer content = body.content();
        int size = content.remaining();
        gate.write(true, content);
        exchange.sent(size);
    }

    private void writeParts(Body.Streaming body, HttpFields.Mutable headers) throws IOException {
        long length = headers.getLongField(HttpHeader.CONTENT_LENGTH);
        if (length < 0 && !isHttp10()) {
            // Never "until the end of the connection": a client could not tell a broken end from a good one.
            headers.put(HttpHeader.TRANSFER_ENCODING, HttpHeaderValue.CHUNKED);
            if (heads.trailers()) {
                written.setTrailersSupplier(() -> trailers(body));
            }
        }
        long left = length < 0 ? Long.MAX_VALUE : length;
        while (left > 0) {
            ByteBuffer part = next(body);
            if (part == null) {
                break;
            }
            int size = part.remaining();
            left -= size;
            if (left < 0) {
                throw new TruncatedException("body longer than its content-length", null);
            }
            gate.write(left == 0, part);
            committed = true;
            exchange.sent(size);
        }
        if (length > 0 && left > 0) {
            throw new TruncatedException("body shorter than its content-length", null);
        }
        if (length <= 0) {
            gate.write(true, null);
        }
    }

    /** The next part of the body; several small ones that are here together as one. What is written waits for none. */
    private @Nullable ByteBuffer next(Body.Streaming body) throws IOException {
        if (!committed && !body.available()) {
            gate.write(false, null);
            committed = true;
        }
        ByteBuffer part = held == null ? read(body) : held;
        held = null;
        if (part == null || part.remaining() >= SMALL || !body.available()) {
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

    private @Nullable ByteBuffer read(Body.Streaming body) throws TruncatedException {
        if (ended) {
            return null;
        }
        if (broken != null) {
            throw new TruncatedException("body broke off", broken);
        }
        try {
            return body.read();
        } catch (IOException failed) {
            throw new TruncatedException("body broke off", failed);
        }
    }

    private @Nullable HttpFields trailers(Body.Streaming body) {
        HttpFields trailers = TrailerRules.valid(body.trailers());
        exchange.responseTrailers(trailers);
        return trailers.size() == 0 ? null : trailers;
    }

    /** Whether the end of the connection is the only sign of the end of the body. */
    boolean endsWithConnection() {
        return isHttp10() && !written.getHeaders().contains(HttpHeader.CONTENT_LENGTH);
    }

    private boolean isHttp10() {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0;
    }
}
