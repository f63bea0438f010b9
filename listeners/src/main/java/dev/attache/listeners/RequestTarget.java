package dev.attache.listeners;

import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;
import org.jspecify.annotations.Nullable;

/** Finds out which path and query a request is for, raw as they came. */
final class RequestTarget {

    private static final String LETTERS_AND_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final boolean[] PLAIN = characters("/?&=.-_~+,:@!$'()*" + LETTERS_AND_DIGITS);
    private static final boolean[] PLAIN_IN_HOST = characters(".-_" + LETTERS_AND_DIGITS);

    private static final int PORT_DIGITS = 5;
    private static final int LAST_PORT = 65_535;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private RequestTarget() {}

    /** The raw path and query; null where it cannot be forwarded as it is meant, or contradicts {@code Host}. */
    static @Nullable String of(RequestHead head) {
        return of(head.method(), head.uri(), head.host());
    }

    /** As {@link #of(RequestHead)}, of what a head holds. */
    static @Nullable String of(String method, String uri, @Nullable String host) {
        return isPlain(uri) && isPlainHost(host) ? uri : parsed(method, uri, host);
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

    /** Whether it is a plain name or IPv4 address, maybe with a port. */
    private static boolean isPlainHost(@Nullable String host) {
        if (host == null || host.isEmpty()) {
            return true;
        }
        int length = host.length();
        int end = host.indexOf(':');
        int nameEnd = end < 0 ? length : end;
        for (int i = 0; i < nameEnd; i++) {
            char c = host.charAt(i);
            if (c >= PLAIN.length || !PLAIN_IN_HOST[c]) {
                return false;
            }
        }
        return nameEnd > 0 && (end < 0 || isPort(host, end + 1));
    }

    /** Whether it is a name or address with a port, as the target of a CONNECT is. */
    static boolean isHostAndPort(String target) {
        int colon = target.lastIndexOf(':');
        if (colon <= 0 || !isPort(target, colon + 1)) {
            return false;
        }
        if (target.charAt(0) != '[') {
            return isPlainHost(target);
        }
        if (target.charAt(colon - 1) != ']') {
            return false;
        }
        for (int i = 1; i < colon - 1; i++) {
            char c = target.charAt(i);
            if (c >= PLAIN.length || (c != ':' && c != '.' && Character.digit(c, 16) < 0)) {
                return false;
            }
        }
        return colon > 2;
    }

    private static boolean isPort(String host, int from) {
        int port = 0;
        for (int i = from; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c < '0' || c > '9' || i == from + PORT_DIGITS) {
                return false;
            }
            port = 10 * port + c - '0';
        }
        return port > 0 && port <= LAST_PORT;
    }

    private static @Nullable String parsed(String method, String target, @Nullable String authority) {
        try {
            HttpURI uri = HttpURI.from(method, target);
            // Paths pass as they are, however odd: what they mean is the upstream's business. Refused is what no two
            // servers read alike: bad percent encoding, user-info, fragments.
            if (uri.hasViolation(UriCompliance.Violation.BAD_PERCENT_ENCODING)
                    || uri.hasViolation(UriCompliance.Violation.USER_INFO)
                    || target.indexOf('#') >= 0) {
                return null;
            }
            return isHostOf(uri, authority) ? forwardable(method, uri) : null;
        } catch (RuntimeException refused) {
            return null;
        }
    }

    /** Whether {@code host} is one, and no other than that of an absolute target. */
    private static boolean isHostOf(HttpURI uri, @Nullable String host) {
        if (host == null) {
            return true;
        }
        HostPortHttpField asked = new HostPortHttpField(host); // Throws where it is none.
        if (uri.getAuthority() == null) {
            return true;
        }
        int usual = "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS_PORT : HTTP_PORT;
        return asked.getHost().equalsIgnoreCase(uri.getHost())
                && asked.getPort(usual) == (uri.getPort() > 0 ? uri.getPort() : usual);
    }

    private static @Nullable String forwardable(String method, HttpURI uri) {
        String target = uri.getPathQuery();
        if (uri.isAbsolute() && (target == null || target.isEmpty()) && HttpMethod.OPTIONS.is(method)) {
            return isHttp(uri) ? "*" : null; // RFC 9112, 3.2.4
        }
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

    /** The authority in an absolute target that may be forwarded; empty where there is none. */
    static String authority(String uri) {
        String authority = uri.startsWith("/") ? null : HttpURI.from(uri).getAuthority();
        return authority == null ? "" : authority;
    }

    private static boolean isHttp(HttpURI uri) {
        String scheme = uri.getScheme();
        return scheme == null || scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    }

    private static boolean[] characters(String those) {
        boolean[] plain = new boolean[128];
        for (int i = 0; i < those.length(); i++) {
            plain[those.charAt(i)] = true;
        }
        return plain;
    }
}
