package dev.attache.core.localreply;

import dev.attache.core.http.Body;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.GrpcStatus;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Response;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Makes a response one that a gRPC caller understands: all that there is to say is in its headers.
 *
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses">gRPC over HTTP/2, responses</a>
 */
final class TrailersOnly {

    /** Callers refuse heads of 8 KiB and more; an error page must not hide the status. */
    static final int MOST_MESSAGE = 4096;

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private TrailersOnly() {}

    /**
     * Changes status, headers and body.
     *
     * @param message what there is to tell; cut where it is longer than a head may be
     */
    static void write(Response response, LocalReply reply, byte[] message) {
        HttpFields.Mutable headers = response.headers();
        if (!headers.contains(Grpc.STATUS)) {
            int status = reply.grpcStatus() < 0 ? GrpcStatus.ofHttp(response.status()) : reply.grpcStatus();
            headers.put(new HttpField((HttpHeader) null, Grpc.STATUS, Integer.toString(status)));
        }
        if (message.length > 0) {
            headers.put(new HttpField((HttpHeader) null, Grpc.MESSAGE, percentEncoded(message)));
        }
        headers.put(Grpc.CONTENT_TYPE);
        headers.remove(HttpHeader.CONTENT_LENGTH);
        response.status(200);
        response.body(Body.EMPTY);
    }

    private static String percentEncoded(byte[] message) {
        StringBuilder encoded = new StringBuilder(message.length + 16);
        for (byte b : message) {
            if (encoded.length() >= MOST_MESSAGE) {
                break;
            }
            if (b >= ' ' && b <= '~' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX[b >> 4 & 0xf]).append(HEX[b & 0xf]);
            }
        }
        return encoded.toString();
    }
}
