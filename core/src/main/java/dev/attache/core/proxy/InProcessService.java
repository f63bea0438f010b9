package dev.attache.core.proxy;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HopByHop;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The way in for the host application: gives a request the form that a parser would have given it, and refuses what a
 * parser would have refused, for what is built by code may still carry what a user typed.
 */
final class InProcessService implements HttpService {

    /** Which characters may stand in a token. */
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
        Arrays.fill(TOKEN, '0', '9' + 1, true);
        Arrays.fill(TOKEN, 'A', 'Z' + 1, true);
        Arrays.fill(TOKEN, 'a', 'z' + 1, true);
    }

    private final HttpEntry entry;
    private final String authority;

    InProcessService(HttpEntry entry, String authority) {
        this.entry = entry;
        this.authority = authority;
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        String wrong = wrong(request);
        if (!wrong.isEmpty()) {
            return entry.rejected(exchange, new LocalReply(400, wrong, "http1.codec_error"));
        }
        HttpFields.Mutable headers =
                HopByHop.request(request.headers(), entry.config().enableTrailers());
        String host = headers.get(HttpHeader.HOST);
        headers.remove(HttpHeader.HOST);
        if (request.body().length() >= 0) {
            // The body knows better than who wrote the header.
            headers.remove(HttpHeader.CONTENT_LENGTH);
        }
        Request clean = request.withHeaders(headers);
        if (request.authority().isEmpty()) {
            clean = clean.withAuthority(host == null ? authority : host);
        }
        return entry.handle(clean, exchange);
    }

    private static String wrong(Request request) {
        if (!isToken(request.method())) {
            return "method is no token";
        }
        if (request.method().equals("CONNECT") || request.upgrade().equals(Request.CONNECT)) {
            return "CONNECT is for connections alone";
        }
        if (!request.target().startsWith("/") && !request.target().equals("*")) {
            return "target does not begin with a slash";
        }
        if (!isVisible(request.target()) || !isVisible(request.authority())) {
            return "target or authority holds a space or control character";
        }
        if (!request.upgrade().isEmpty() && !(request.body() instanceof Body.Streaming)) {
            return "an upgrade needs a streaming body, for what goes into the tunnel";
        }
        HttpFields headers = request.headers();
        for (HttpField field : headers) {
            String value = field.getValue();
            if (!isToken(field.getName()) || (value != null && !isFieldValue(value))) {
                return "header " + (isToken(field.getName()) ? field.getName() : "name") + " is malformed";
            }
        }
        return "";
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= TOKEN.length || !TOKEN[c]) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFieldValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return true;
    }
}
