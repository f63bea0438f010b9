package dev.attache.listeners;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers 408 to a request whose head did not come to its end. Written straight to the connection: Jetty waits for more
 * of that head and has no request yet that it could answer.
 */
final class HeadTimeout {

    private static final Logger LOG = LoggerFactory.getLogger(HeadTimeout.class);
    private static final LocalReply REPLY = new LocalReply(408, "request timeout", "request_header_timeout");

    private HeadTimeout() {}

    static void answer(DownstreamEndPoint connection) {
        Exchange exchange = Exchange.begin(connection.downstream("HTTP/1.1"));
        Serving serving = connection.listener().serving();
        try (Response response = serving.entry().rejected(exchange, REPLY)) {
            connection.flush(bytes(response)); // Into an empty socket buffer: it fits, or nobody reads.
        } catch (IOException gone) {
            LOG.debug("client left before it was told of its time-out", gone);
        } finally {
            connection.close();
        }
    }

    private static ByteBuffer bytes(Response response) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(response.status())
                .append(' ')
                .append(HttpStatus.getMessage(response.status()))
                .append("\r\n");
        for (HttpField field : response.headers()) {
            if (field.getHeader() != HttpHeader.CONTENT_LENGTH) {
                head.append(field.getName())
                        .append(": ")
                        .append(field.getValue())
                        .append("\r\n");
            }
        }
        ByteBuffer content =
                response.body() instanceof Body.Buffered buffered ? buffered.content() : ByteBuffer.allocate(0);
        head.append("content-length: ").append(content.remaining()).append("\r\nconnection: close\r\n\r\n");
        byte[] headBytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(headBytes.length + content.remaining())
                .put(headBytes)
                .put(content)
                .flip();
    }
}
