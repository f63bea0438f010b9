package dev.attache.listeners;

import dev.attache.core.http.Headers;
import dev.attache.core.http.Request;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.MessageHead;
import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;

/**
 * What a request over HTTP/2 must keep to beyond what the codec has seen to, so that nothing of it becomes something
 * else where it is written as HTTP/1. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-8.2.1">RFC 9113, 8.2 and 8.3</a>
 */
final class Http2Rules {

    private static final int MORE = 8;

    private final RequestRules common;
    private final UnderscoreRules underscores;

    Http2Rules(RequestRules common, UnderscoreRules underscores) {
        this.common = common;
        this.underscores = underscores;
    }

    /** Whether a request, which is not malformed, may go on. */
    RequestRules.Verdict check(MessageHead head) {
        if (head.tooLarge()) {
            return RequestRules.TOO_MANY_HEADERS;
        }
        Headers received = head.fields();
        HttpFields.Mutable headers = HttpFields.build(received.size() + MORE);
        String host = null;
        for (int i = 0; i < received.size(); i++) {
            HttpField field = JettyFields.field(received.name(i), received.value(i));
            if (field.getHeader() == HttpHeader.HOST) {
                if (host != null) {
                    return RequestRules.BAD_REQUEST;
                }
                host = field.getValue();
            } else if (field.getHeader() == HttpHeader.EXPECT) {
                if (!"100-continue".equalsIgnoreCase(field.getValue())) {
                    return RequestRules.EXPECTATION_FAILED;
                }
            } else {
                headers.add(field);
            }
        }
        if (underscores.refuse(headers)) {
            return RequestRules.UNDERSCORE;
        }
        underscores.drop(headers);
        String authority = head.authority();
        if (authority != null && host != null && !authority.equalsIgnoreCase(host)) {
            return RequestRules.BAD_REQUEST;
        }
        if (head.isConnect() && head.protocol() == null) {
            return common.checkConnect(authority, headers);
        }
        if (Request.CONNECT.equalsIgnoreCase(head.protocol())) {
            return RequestRules.BAD_REQUEST; // That is no protocol to go over to, but a method.
        }
        return common.check(method(head), head.path(), authority == null ? host : authority, headers);
    }

    /** The method that a request has in HTTP/1: that which goes over to another protocol is a GET there. */
    static String method(MessageHead head) {
        return head.protocol() == null ? head.method() : HttpMethod.GET.asString();
    }

    /** What a request asks to go over to, as {@link dev.attache.core.http.Request#upgrade}. */
    static String upgrade(MessageHead head) {
        if (!head.isConnect()) {
            return "";
        }
        String protocol = head.protocol();
        return protocol == null ? Request.CONNECT : protocol.toLowerCase(Locale.ROOT);
    }
}
