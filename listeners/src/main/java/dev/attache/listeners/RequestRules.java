package dev.attache.listeners;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.http.Authority;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.RequestTarget;
import dev.attache.core.http1.Characters;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a request must keep to beyond what the parser has seen to, so that no server behind reads it differently: one
 * method token, one framing, one authority, a target of plain characters. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html">RFC 9112</a>
 */
final class RequestRules {

    /** What became of a request head. */
    sealed interface Verdict {}

    /** Nothing of it goes on; the connection is closed. */
    record Refused(LocalReply reply) implements Verdict {}

    /**
     * It may go on.
     *
     * @param authority host and optional port
     * @param target    raw path and query
     * @param headers   headers without those of the connection, {@code host} and {@code expect}
     */
    record Accepted(String authority, String target, HttpFields headers) implements Verdict {}

    /** What is no HTTP. */
    static final Refused BAD_REQUEST = refused(400, "http1.codec_error");

    private static final Refused BAD_TARGET = refused(400, "http1.invalid_url");
    private static final Refused NO_HOST = refused(400, "missing_host_header");
    private static final Refused BAD_TRANSFER_ENCODING = refused(400, "http1.transfer_encoding_not_allowed");
    private static final Refused UNKNOWN_TRANSFER_ENCODING = refused(501, "http1.invalid_transfer_encoding");
    static final Refused UNDERSCORE = refused(400, "http1.unexpected_underscore");
    static final Refused TOO_MANY_HEADERS = refused(431, "http1.too_many_headers");
    static final Refused EXPECTATION_FAILED = refused(417, "http1.expectation_failed");
    private static final Refused LOW_VERSION = refused(426, "low_version");
    private static final Refused UPGRADE_WITH_CONTENT = refused(400, "http1.upgrade_with_content");
    private static final Refused UPGRADE_FAILED = new Refused(new LocalReply(403, "", "upgrade_failed"));
    private static final Refused NO_TRACE = new Refused(new LocalReply(
            405,
            "Method Not Allowed",
            "http1.method_not_allowed",
            HttpFields.build().add(HttpHeader.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")));

    private final int maxHeaders;
    private final boolean acceptHttp10;
    private final String defaultHost;
    private final UnderscoreRules underscores;

    /** The rules of a listener; {@code underscores} those of HTTP/1. */
    RequestRules(HttpConfig config, UnderscoreRules underscores) {
        maxHeaders = config.maxHeadersCount();
        acceptHttp10 = config.acceptHttp10();
        defaultHost = config.defaultHostForHttp10();
        this.underscores = underscores;
    }

    private static Refused refused(int status, String details) {
        return new Refused(new LocalReply(status, HttpStatus.getMessage(status), details));
    }

    Verdict check(RequestHead head) {
        if (head.fieldCount() > maxHeaders) {
            return TOO_MANY_HEADERS;
        }
        if (head.isHttp10() && !acceptHttp10) {
            return LOW_VERSION;
        }
        Refused refused = checkHeaders(head);
        if (refused == null) {
            refused = head.isConnect() && head.isHttp10() ? UPGRADE_FAILED : checkMethod(head.method());
        }
        if (refused != null) {
            return refused;
        }
        String authority = authority(head);
        if (head.isConnect()) {
            return connect(head, authority);
        }
        String target = RequestTarget.of(head.method(), head.uri(), head.host());
        if (target == null) {
            return BAD_TARGET;
        }
        if (authority.isEmpty()) {
            return NO_HOST;
        }
        return new Accepted(authority, target, head.hasUnderscores() ? underscores.drop(head.fields()) : head.fields());
    }

    /**
     * Whether a request over HTTP/2 may go on whose head holds no field of the connection.
     *
     * @param host authority and {@code Host}; null for neither
     */
    Verdict check(String method, String path, @Nullable String host, HttpFields headers) {
        Refused refused = Characters.isToken(method) ? checkMethod(method) : BAD_REQUEST;
        if (refused != null) {
            return refused;
        }
        String target = RequestTarget.of(method, path, host);
        if (target == null || target.isEmpty() || !target.equals(path)) {
            return BAD_TARGET;
        }
        if (host == null || host.isEmpty()) {
            return NO_HOST;
        }
        return new Accepted(host, target, headers);
    }

    /** RFC 9110, 9.3.6: it names a host and a port, and nothing else. */
    private Verdict connect(RequestHead head, String host) {
        if (host.isEmpty()) {
            return NO_HOST;
        }
        return Authority.isHostAndPort(head.uri())
                ? new Accepted(head.uri(), "", underscores.drop(head.fields()))
                : BAD_TARGET;
    }

    /** As {@link #check(String, String, String, HttpFields)}, of a CONNECT over HTTP/2. */
    Verdict checkConnect(@Nullable String authority, HttpFields headers) {
        return authority != null && Authority.isHostAndPort(authority)
                ? new Accepted(authority, "", headers)
                : BAD_TARGET;
    }

    private static @Nullable Refused checkMethod(String method) {
        if (HttpMethod.TRACE.is(method)) {
            return NO_TRACE;
        }
        return HttpMethod.PRI.is(method) ? BAD_REQUEST : null;
    }

    private @Nullable Refused checkHeaders(RequestHead head) {
        HttpField coding = head.transferEncoding();
        if (coding != null) {
            if (head.isHttp10()) {
                return BAD_TRANSFER_ENCODING;
            }
            if (!"chunked".equalsIgnoreCase(coding.getValue())) {
                return UNKNOWN_TRANSFER_ENCODING;
            }
        }
        if (head.upgrade().equals(Request.CONNECT) && !head.isConnect()) {
            return BAD_REQUEST; // That is no protocol to go over to, but a method.
        }
        if (!head.upgrade().isEmpty() && (coding != null || head.contentLength() > 0)) {
            return UPGRADE_WITH_CONTENT; // Where does the content end, and the other protocol begin?
        }
        return head.hasUnderscores() && underscores.refuse(head.fields()) ? UNDERSCORE : null;
    }

    private String authority(RequestHead head) {
        String host = head.host();
        if (host == null || host.isEmpty()) {
            return head.isHttp10() ? authorityOfHttp10(head) : "";
        }
        return host;
    }

    private String authorityOfHttp10(RequestHead head) {
        String named = RequestTarget.authority(head.uri());
        return named.isEmpty() ? defaultHost : named;
    }
}
