package dev.attache.core.http;

import org.eclipse.jetty.http.HttpFields;

/**
 * An answer that the proxy makes by itself. It is turned into bytes once, at the outermost stage of a listener, where
 * the error page and the access log are known.
 *
 * @param status     HTTP status
 * @param body       text, before any formatting; may be empty
 * @param details    Envoy's response code details, such as {@code route_not_found}
 * @param headers    further headers, such as {@code location}
 * @param grpcStatus what a gRPC call is told; -1 for what stands for the HTTP status
 */
public record LocalReply(int status, String body, String details, HttpFields headers, int grpcStatus) {

    public LocalReply(int status, String body, String details) {
        this(status, body, details, HttpFields.EMPTY);
    }

    public LocalReply(int status, String body, String details, HttpFields headers) {
        this(status, body, details, headers, -1);
    }

    /** The same reply, which tells a gRPC call another status than its HTTP status would. */
    public LocalReply withGrpcStatus(int changed) {
        return new LocalReply(status, body, details, headers, changed);
    }
}
