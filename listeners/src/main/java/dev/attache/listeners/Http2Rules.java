package dev.attache.listeners;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.http.Request;
import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.MetaData;
import org.jspecify.annotations.Nullable;

/**
 * What a request over HTTP/2 must keep to beyond what the codec has seen to, so that nothing of it becomes something
 * else where it is written as HTTP/1. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-8.2.1">RFC 9113, 8.2 and 8.3</a>
 */
final class Http2Rules {

    private static final char DELETE = 0x7f;

    private final RequestRules common;
    private final UnderscoreRules underscores;
    private final int maxHeaders;

    Http2Rules(HttpConfig config, RequestRules common, UnderscoreRules underscores) {
        this.common = common;
        this.underscores = underscores;
        this.maxHeaders = config.maxHeadersCount();
    }

    /**
     * Whether a request may go on.
     *
     * @param complete whether it has no body
     */
    RequestRules.Verdict check(MetaData.Request head, boolean complete) {
        HttpFields received = head.getHttpFields();
        if (received.size() > maxHeaders) {
            return RequestRules.TOO_MANY_HEADERS;
        }
        HttpFields.Mutable headers = HttpFields.build(received.size() + 8);
        String host = null;
        long length = -1;
        for (HttpField field : received) {
            HttpHeader known = field.getHeader();
            String value = field.getValue();
            if (!isValue(value)) {
                return RequestRules.BAD_REQUEST;
            }
            if (known != null) {
                switch (known) {
                    case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS -> {
                        return RequestRules.BAD_REQUEST;
                    }
                    case HOST -> {
                        if (host != null) {
                            return RequestRules.BAD_REQUEST;
                        }
                        host = value;
                        continue;
                    }
                    case CONTENT_LENGTH -> {
                        if (length >= 0 || !isNumber(value)) {
                            return RequestRules.BAD_REQUEST;
                        }
                        length = Long.parseLong(value);
                    }
                    case EXPECT -> {
                        if (!"100-continue".equalsIgnoreCase(value)) {
                            return RequestRules.EXPECTATION_FAILED;
                        }
                        continue;
                    }
                    default -> {}
                }
            }
            headers.add(field);
        }
        if (complete && length > 0) {
            return RequestRules.BAD_REQUEST;
        }
        if (underscores.refuse(headers)) {
            return RequestRules.UNDERSCORE;
        }
        underscores.drop(headers);
        HttpURI uri = head.getHttpURI();
        String authority = uri.getAuthority();
        if (authority != null && host != null && !authority.equalsIgnoreCase(host)) {
            return RequestRules.BAD_REQUEST;
        }
        if (head instanceof MetaData.ConnectRequest && head.getProtocol() == null) {
            return common.checkConnect(authority, headers);
        }
        if (Request.CONNECT.equalsIgnoreCase(head.getProtocol())) {
            return RequestRules.BAD_REQUEST; // That is no protocol to go over to, but a method.
        }
        String path = uri.getPathQuery();
        return common.check(method(head), path == null ? "" : path, authority == null ? host : authority, headers);
    }

    /** The method that a request has in HTTP/1: that which goes over to another protocol is a GET there. */
    static String method(MetaData.Request head) {
        return head.getProtocol() == null ? head.getMethod() : HttpMethod.GET.asString();
    }

    /** What a request asks to go over to, as {@link dev.attache.core.http.Request#upgrade}. */
    static String upgrade(MetaData.Request head) {
        if (!(head instanceof MetaData.ConnectRequest)) {
            return "";
        }
        return head.getProtocol() == null ? Request.CONNECT : head.getProtocol().toLowerCase(Locale.ROOT);
    }

    private static boolean isValue(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return true;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == DELETE) {
                return false;
            }
        }
        return !isBlank(value.charAt(0)) && !isBlank(value.charAt(value.length() - 1));
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isNumber(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > RequestHead.MOST_LENGTH_DIGITS) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
