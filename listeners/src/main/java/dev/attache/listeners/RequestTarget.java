package dev.attache.listeners;

import java.util.EnumSet;
import org.eclipse.jetty.http.ComplianceUtils;
import org.eclipse.jetty.http.ComplianceViolation;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;
import org.jspecify.annotations.Nullable;

/** Finds out which path and query a request is for, raw as they came. */
final class RequestTarget {

    /**
     * Paths pass as they are, however odd: what they mean is the upstream's business. Refused is what no two servers
     * read alike: bad percent encoding, user-info, fragments.
     */
    private static final UriCompliance RAW_PATHS = UriCompliance.from(EnumSet.complementOf(EnumSet.of(
            UriCompliance.Violation.BAD_PERCENT_ENCODING,
            UriCompliance.Violation.USER_INFO,
            UriCompliance.Violation.FRAGMENT)));

    private static final boolean[] PLAIN = plainCharacters();

    private RequestTarget() {}

    /** The raw path and query; null where it cannot be forwarded as it is meant, or contradicts {@code Host}. */
    static @Nullable String of(RequestHead head) {
        String uri = head.uri();
        return isPlain(uri) && isPlainHost(head.host()) ? uri : parsed(head);
    }

    /** Whether there is nothing to parse: a path without dot segments or escapes. */
    private static boolean isPlain(String uri) {
        int length = uri.length();
        if (length == 0 || uri.charAt(0) != '/') {
            return false;
        }
        for (int i = 1; i < length; i++) {
            char c = uri.charAt(i);
            if (c >= PLAIN.length || !PLAIN[c] || (c == '.' && uri.charAt(i - 1) == '/')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlainHost(@Nullable String host) {
        if (host == null) {
            return true;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || (c >= 'A' && c <= 'Z')
                    || c == '.'
                    || c == '-'
                    || c == ':';
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String parsed(RequestHead head) {
        try {
            HttpURI uri = HttpURI.from(head.method(), head.uri());
            ComplianceUtils.verify(RAW_PATHS, uri, ComplianceViolation.Listener.NOOP, IllegalArgumentException::new);
            HttpFields host = head.host() == null
                    ? HttpFields.EMPTY
                    : HttpFields.build().add(HttpHeader.HOST, head.host());
            ComplianceUtils.verify(uri, host, HttpCompliance.STRICT, ComplianceViolation.Listener.NOOP);
            return forwardable(head.method(), uri);
        } catch (RuntimeException refused) {
            return null;
        }
    }

    private static @Nullable String forwardable(String method, HttpURI uri) {
        String target = uri.getPathQuery();
        if (uri.isAbsolute() && (target == null || target.isEmpty() || target.charAt(0) == '?')) {
            target = '/' + (target == null ? "" : target);
        }
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

    private static boolean[] plainCharacters() {
        boolean[] plain = new boolean[128];
        for (char c : "/?&=.-_~+,:@!$'()*0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".toCharArray()) {
            plain[c] = true;
        }
        return plain;
    }
}
