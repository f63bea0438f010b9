package dev.attache.core.upstream.http1;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.http.Body;
import dev.attache.core.http.Request;
import dev.attache.core.http.WebSocketKey;
import dev.attache.core.http1.HeadBytes;
import dev.attache.core.http1.IllegalHeadException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** Writes a request head. */
final class RequestHead {

    private static final byte[] VERSION_AND_HOST = HeadBytes.ascii(" HTTP/1.1\r\nhost: ");
    private static final byte[] VERSION_AND_PROPER_HOST = HeadBytes.ascii(" HTTP/1.1\r\nHost: ");
    private static final byte[] CONTENT_LENGTH = HeadBytes.ascii("content-length: ");
    private static final byte[] PROPER_CONTENT_LENGTH = HeadBytes.ascii("Content-Length: ");
    private static final byte[] CHUNKED = HeadBytes.ascii("transfer-encoding: chunked\r\n");
    private static final byte[] PROPER_CHUNKED = HeadBytes.ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] UPGRADE = HeadBytes.ascii("connection: Upgrade\r\nupgrade: ");
    private static final byte[] PROPER_UPGRADE = HeadBytes.ascii("Connection: Upgrade\r\nUpgrade: ");

    private static final byte[] TE_TRAILERS = HeadBytes.ascii("te: trailers\r\nconnection: te\r\n");
    private static final byte[] PROPER_TE_TRAILERS = HeadBytes.ascii("TE: trailers\r\nConnection: TE\r\n");

    private final HeadBytes bytes;

    RequestHead(HeaderCase headerCase, byte[] space) {
        this.bytes = new HeadBytes(headerCase, space);
    }

    /**
     * Writes all of a head.
     *
     * @param authority where the request has none: what to say instead
     * @param trailers  whether trailers may follow
     * @throws IllegalHeadException when it holds what may not be sent
     */
    void write(Request request, String authority, boolean trailers) throws IllegalHeadException {
        boolean proper = !bytes.isLowerCase();
        bytes.token(request.method(), "method");
        bytes.put((byte) ' ');
        boolean connects = request.upgrade().equals(Request.CONNECT);
        bytes.target(connects ? request.authority() : request.target());
        bytes.put(proper ? VERSION_AND_PROPER_HOST : VERSION_AND_HOST);
        bytes.value(request.authority().isEmpty() ? authority : request.authority(), "host");
        bytes.endLine();
        boolean lengthGiven = false;
        boolean teTrailers = false;
        HttpFields headers = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            HttpField field = headers.getField(i);
            HttpHeader header = field.getHeader();
            if (header == HttpHeader.CONTENT_LENGTH) {
                lengthGiven = true;
            } else if (header == HttpHeader.TE) {
                teTrailers = trailers && field.contains("trailers");
            } else if (header == null || !isOurs(header, trailers)) {
                bytes.field(field);
            }
        }
        if (request.upgrade().isEmpty()) {
            framing(request, proper, lengthGiven);
            if (teTrailers) { // Of this connection, and so it is named (RFC 9110, 10.1.4).
                bytes.put(proper ? PROPER_TE_TRAILERS : TE_TRAILERS);
            }
        } else if (!connects) {
            bytes.put(proper ? PROPER_UPGRADE : UPGRADE);
            bytes.value(request.upgrade(), "upgrade");
            bytes.endLine();
            if (lacksWebSocketKey(request)) {
                bytes.field(new HttpField(HttpHeader.SEC_WEBSOCKET_KEY, WebSocketKey.random()));
            }
        }
        bytes.endLine();
    }

    private void framing(Request request, boolean proper, boolean lengthGiven) {
        long length = announcedLength(request.body());
        if (length < 0) {
            bytes.put(proper ? PROPER_CHUNKED : CHUNKED);
        } else if (length > 0 || lengthGiven || expectsContent(request.method())) {
            bytes.put(proper ? PROPER_CONTENT_LENGTH : CONTENT_LENGTH);
            bytes.number(length);
            bytes.endLine();
        }
    }

    /** Whether it is a WebSocket whose client did not ask for the proof that only HTTP/1 knows. */
    static boolean lacksWebSocketKey(Request request) {
        return request.upgrade().equals("websocket") && !request.headers().contains(HttpHeader.SEC_WEBSOCKET_KEY);
    }

    /** Fields that are about one connection, or that follow from the request. */
    private static boolean isOurs(HttpHeader header, boolean trailers) {
        return switch (header) {
            case HOST, TRANSFER_ENCODING, CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, UPGRADE, HTTP2_SETTINGS, EXPECT ->
                true;
            case TRAILER -> !trailers;
            default -> false;
        };
    }

    /** RFC 9110, 8.6: without content such a method says so. */
    private static boolean expectsContent(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }

    /** What was written, ready to be sent. */
    ByteBuffer written() {
        return bytes.written();
    }

    /** Puts content right behind the head, if it fits. */
    boolean append(ByteBuffer content) {
        return bytes.append(content);
    }

    /** Bytes of a body, where they may be announced; -1 where it comes in chunks. */
    static long announcedLength(Body body) {
        return body instanceof Body.Buffered buffered ? buffered.announcedLength() : body.length();
    }
}
