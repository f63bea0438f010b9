package dev.attache.listeners;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.http.HopByHop;
import dev.attache.core.http.LocalReply;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
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

    // Read with underscores as dashes, as CGI and its heirs do, these would change what a request is.
    private static final Set<String> NEVER_WITH_UNDERSCORES =
            Set.of("transfer-encoding", "content-length", "host", "connection", "expect", "upgrade");

    /** What is no HTTP. */
    static final Refused BAD_REQUEST = refused(400, "http1.codec_error");

    private static final Refused BAD_METHOD = refused(400, "http1.invalid_method");
    private static final Refused BAD_TARGET = refused(400, "http1.invalid_url");
    private static final Refused NO_HOST = refused(400, "missing_host_header");
    private static final Refused BAD_TRANSFER_ENCODING = refused(400, "http1.transfer_encoding_not_allowed");
    private static final Refused UNKNOWN_TRANSFER_ENCODING = refused(501, "http1.invalid_transfer_encoding");
    private static final Refused UNDERSCORE = refused(400, "http1.unexpected_underscore");
    private static final Refused TOO_MANY_HEADERS = refused(431, "http1.too_many_headers");
    private static final Refused LOW_VERSION = refused(426, "low_version");
    private static final Refused UPGRADE_FAILED = new Refused(new LocalReply(403, "", "upgrade_failed"));
    private static final Refused NO_TRACE = new Refused(new LocalReply(
            405,
            "Method Not Allowed",
            "http1.method_not_allowed",
            HttpFields.build().add(HttpHeader.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")));

    private static final boolean[] TOKEN = token();

    private final int maxHeaders;
    private final boolean acceptHttp10;
    private final String defaultHost;
    private final UnderscoresInHeaders underscores;
    private final boolean trailers;

    RequestRules(HttpConfig config) {
        maxHeaders = config.maxHeadersCount();
        acceptHttp10 = config.acceptHttp10();
        defaultHost = config.defaultHostForHttp10();
        underscores = config.underscores();
        trailers = config.enableTrailers();
    }

    private static Refused refused(int status, String details) {
        return new Refused(new LocalReply(status, HttpStatus.getMessage(status), details));
    }

    Verdict check(Request request) {
        HttpFields received = request.getHeaders();
        String method = request.getMethod();
        if (!isToken(method)) {
            return BAD_METHOD;
        }
        if (received.size() > maxHeaders) {
            return TOO_MANY_HEADERS;
        }
        boolean http10 = request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1;
        if (http10 && !acceptHttp10) {
            return LOW_VERSION;
        }
        Refused refused = checkHeaders(received, http10);
        if (refused == null) {
            refused = checkMethod(method);
        }
        if (refused != null) {
            return refused;
        }
        String target = target(method, request.getHttpURI());
        if (target == null) {
            return BAD_TARGET;
        }
        String authority = authority(received, http10);
        if (authority.isEmpty()) {
            return NO_HOST;
        }
        return new Accepted(authority, target, forwarded(received));
    }

    private static @Nullable Refused checkMethod(String method) {
        if (HttpMethod.CONNECT.is(method)) {
            return UPGRADE_FAILED;
        }
        if (HttpMethod.TRACE.is(method)) {
            return NO_TRACE;
        }
        return HttpMethod.PRI.is(method) ? BAD_REQUEST : null;
    }

    private @Nullable Refused checkHeaders(HttpFields received, boolean http10) {
        for (HttpField field : received) {
            HttpHeader known = field.getHeader();
            if (known == HttpHeader.TRANSFER_ENCODING) {
                if (http10) {
                    return BAD_TRANSFER_ENCODING;
                }
                if (!"chunked".equalsIgnoreCase(field.getValue())) {
                    return UNKNOWN_TRANSFER_ENCODING;
                }
            } else if (known == HttpHeader.UPGRADE) {
                if (!http10 && !isH2c(field) && received.contains(HttpHeader.CONNECTION, "upgrade")) {
                    return UPGRADE_FAILED;
                }
            } else if (known == null && field.getName().indexOf('_') >= 0) {
                String folded = field.getName().replace('_', '-').toLowerCase(Locale.ROOT);
                if (underscores == UnderscoresInHeaders.REJECT_REQUEST || NEVER_WITH_UNDERSCORES.contains(folded)) {
                    return UNDERSCORE;
                }
            }
        }
        return null;
    }

    /** The offer of clients that would like HTTP/2 but can do without: passed over, as HTTP allows. */
    private static boolean isH2c(HttpField upgrade) {
        for (String protocol : upgrade.getValues()) {
            if (!"h2c".equalsIgnoreCase(protocol)) {
                return false;
            }
        }
        return true;
    }

    /** The raw path and query; null where it cannot be forwarded as it is meant. */
    private static @Nullable String target(String method, HttpURI uri) {
        String target = uri.getPathQuery();
        if (target == null || target.isEmpty() || !isHttp(uri)) {
            return null;
        }
        if (target.charAt(0) != '/' && !(HttpMethod.OPTIONS.is(method) && target.equals("*"))) {
            return null;
        }
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '\uFFFD') {
                return null; // U+FFFD stands for what was not UTF-8 and could not be sent on as it came.
            }
        }
        return target;
    }

    private static boolean isHttp(HttpURI uri) {
        String scheme = uri.getScheme();
        return scheme == null || scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    }

    private String authority(HttpFields received, boolean http10) {
        String host = received.get(HttpHeader.HOST);
        if (host == null || host.isEmpty()) {
            return http10 ? defaultHost : "";
        }
        return host;
    }

    private HttpFields forwarded(HttpFields received) {
        HttpFields.Mutable headers = HopByHop.request(received, trailers);
        headers.remove(HttpHeader.HOST);
        headers.remove(HttpHeader.EXPECT);
        HttpField length = headers.getField(HttpHeader.CONTENT_LENGTH);
        if (length != null
                && length.getValue().length() > 1
                && length.getValue().charAt(0) == '0') {
            headers.put(HttpHeader.CONTENT_LENGTH, length.getLongValue()); // 005, to some an octal number
        }
        if (underscores == UnderscoresInHeaders.DROP_HEADER) {
            for (Iterator<HttpField> fields = headers.iterator(); fields.hasNext(); ) {
                HttpField field = fields.next();
                if (field.getHeader() == null && field.getName().indexOf('_') >= 0) {
                    fields.remove();
                }
            }
        }
        return headers;
    }

    private static boolean isToken(String method) {
        for (int i = 0; i < method.length(); i++) {
            char c = method.charAt(i);
            if (c >= TOKEN.length || !TOKEN[c]) {
                return false;
            }
        }
        return !method.isEmpty();
    }

    private static boolean[] token() {
        boolean[] token = new boolean[128];
        for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".toCharArray()) {
            token[c] = true;
        }
        return token;
    }
}
