package dev.attache.core.http;

import org.eclipse.jetty.http.HttpFields;

/**
 * An answer that the proxy makes by itself. It is turned into bytes once, at the outermost stage of a listener, where
 * the error page and the access log are known.
 *
 * @param status  HTTP status
 * @param body    text, before any formatting; may be empty
 * @param details Envoy's response code details, such as {@code route_not_found}
 * @param headers further headers, such as {@code location}
 */
public record LocalReply(int status, String body, String details, HttpFields headers) {

    public LocalReply(int status, String body, String details) {
        this(status, body, details, HttpFields.EMPTY);
    }
}
