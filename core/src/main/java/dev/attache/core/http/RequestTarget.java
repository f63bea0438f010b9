package dev.attache.core.http;

import org.jspecify.annotations.Nullable;

/**
 * What a request is for: the path and query in its first line, raw. Paths pass as they are, however odd: what they mean is
 * the upstream's business. Refused is what no two servers read alike: bad percent encoding, user-info, fragments, control
 * characters, dots that lead out at the top, another authority than that of {@code Host}.
 *
 * <p>The one judge of targets: of those that clients send, and of those that are made here.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2">RFC 9112, 3.2</a>
 */
public final class RequestTarget {

    private static final boolean[] PLAIN =
            Authority.characters("/?&=.-_~+,:@!$'()*0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private RequestTarget() {}

    /**
     * The path and query that {@code uri} is for, or {@code *}; null where it cannot be forwarded as it is meant.
     *
     * @param uri  as it came
     * @param host of the request; null or empty for none
     */
    public static @Nullable String of(String method, String uri, @Nullable String host) {
        if (host != null && !host.isEmpty() && !Authority.isValid(host)) {
            return null;
        }
        if (uri.startsWith("/")) {
            return isPathAndQuery(uri) ? uri : null;
        }
        return uri.equals("*") ? isAsterisk(method) : absolute(method, uri, host);
    }

    private static @Nullable String isAsterisk(String method) {
        return method.equals("OPTIONS") ? "*" : null;
    }

    private static @Nullable String absolute(String method, String uri, @Nullable String host) {
        String named = authority(uri);
        if (named.isEmpty() || (host != null && !Authority.areSame(named, host, scheme(uri)))) {
            return null;
        }
        String target = uri.substring(authorityEnd(uri));
        if (target.isEmpty() && method.equals("OPTIONS")) {
            return "*"; // RFC 9112, 3.2.4
        }
        if (!target.startsWith("/")) {
            target = '/' + target;
        }
        return isPathAndQuery(target) ? target : null;
    }

    /** The authority in an absolute target of ours, valid; empty where there is none. */
    public static String authority(String uri) {
        String scheme = scheme(uri);
        if (scheme.isEmpty()) {
            return "";
        }
        String named = uri.substring(scheme.length() + 3, authorityEnd(uri));
        String without = named.endsWith(":") ? named.substring(0, named.length() - 1) : named; // An empty port is none.
        return Authority.isValid(without) ? without : "";
    }

    /** The scheme of an absolute target, in lower case; empty where it is none of ours. */
    private static String scheme(String uri) {
        if (uri.regionMatches(true, 0, "http://", 0, 7)) {
            return "http";
        }
        return uri.regionMatches(true, 0, "https://", 0, 8) ? "https" : "";
    }

    private static int authorityEnd(String uri) {
        int end = uri.indexOf("://") + 3;
        while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
            end++;
        }
        return end;
    }

    /** Whether it is a path that may be forwarded as it is, with or without a query. */
    public static boolean isPathAndQuery(String target) {
        return isPlain(target) || (target.startsWith("/") && isForwardable(target));
    }

    /** Whether there is nothing to look at: a path without dot segments or escapes. */
    private static boolean isPlain(String target) {
        int length = target.length();
        if (length == 0 || target.charAt(0) != '/') {
            return false;
        }
        for (int i = 1; i < length; i++) {
            char c = target.charAt(i);
            if (c >= PLAIN.length || !PLAIN[c] || (c == '.' && target.charAt(i - 1) == '/')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isForwardable(String target) {
        int query = target.indexOf('?');
        int pathEnd = query < 0 ? target.length() : query;
        boolean escapes = true; // Parameters and queries are free to use the percent sign in their own way.
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/' || c == ';') {
                escapes = c == '/' && i < pathEnd;
            }
            if (c <= ' ' || c == 0x7F || c > 0xFF || c == '#') {
                return false;
            }
            if (c == '%' && escapes && i < pathEnd && !isEscape(target, i + 1)) {
                return false;
            }
        }
        return staysInside(target, pathEnd);
    }

    /** Two digits that are not zero, or the four of an old form. */
    private static boolean isEscape(String target, int at) {
        if (at < target.length() && (target.charAt(at) == 'u' || target.charAt(at) == 'U')) {
            return isNumber(target, at + 1, 4);
        }
        return isNumber(target, at, 2);
    }

    private static boolean isNumber(String target, int from, int digits) {
        int number = 0;
        for (int i = from; i < from + digits; i++) {
            if (!Authority.isHex(target, i)) {
                return false;
            }
            number = number << 4 | Character.digit(target.charAt(i), 16);
        }
        return number != 0;
    }

    /** Whether no beginning of the path leads out of it by its dots, escaped or not. */
    private static boolean staysInside(String target, int pathEnd) {
        int depth = 0;
        for (int from = 1; from <= pathEnd; ) {
            int slash = target.indexOf('/', from);
            int end = slash < 0 || slash > pathEnd ? pathEnd : slash;
            switch (dots(target, from, end)) {
                case 1 -> {}
                case 2 -> depth--;
                default -> depth++;
            }
            if (depth < 0) {
                return false;
            }
            from = end + 1;
        }
        return true;
    }

    /** How many dots a segment is, before its parameters; 0 where it is something else. */
    private static int dots(String target, int from, int to) {
        int dots = 0;
        int at = from;
        while (at < to && target.charAt(at) != ';') {
            boolean escaped = target.regionMatches(true, at, "%2e", 0, 3);
            if (dots == 2 || !(escaped || target.charAt(at) == '.')) {
                return 0;
            }
            dots++;
            at += escaped ? 3 : 1;
        }
        return dots;
    }
}
