package dev.attache.core.http;

import java.net.Inet6Address;

/**
 * What names a server in a request: a host and optionally a port, and nothing that one server would read so and another
 * otherwise.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986.html#section-3.2">RFC 3986, 3.2</a>
 */
public final class Authority {

    private static final int PORT_DIGITS = 5;
    private static final int LAST_PORT = 65_535;
    private static final String LETTERS_AND_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final boolean[] PLAIN = characters(".-_" + LETTERS_AND_DIGITS);
    private static final boolean[] NAME =
            characters(".-_~!$&'()*+;=" + LETTERS_AND_DIGITS); // No comma: it joins fields.

    private Authority() {}

    static boolean[] characters(String those) {
        boolean[] set = new boolean[128];
        for (int i = 0; i < those.length(); i++) {
            set[those.charAt(i)] = true;
        }
        return set;
    }

    /** Whether it is a name or a literal address, maybe with a port from 1 to 65535. */
    public static boolean isValid(String authority) {
        int end = hostEnd(authority);
        return end > 0 && (end == authority.length() || isPort(authority, end));
    }

    /** Whether it is a plain name or a literal address with a port, as the target of a CONNECT is. */
    public static boolean isHostAndPort(String authority) {
        int end = hostEnd(authority);
        if (end <= 0 || !isPort(authority, end)) {
            return false;
        }
        for (int i = 0; i < end && authority.charAt(0) != '['; i++) {
            if (!PLAIN[authority.charAt(i)]) {
                return false;
            }
        }
        return true;
    }

    /** Whether both name the same server of {@code scheme}. */
    static boolean areSame(String one, String other, String scheme) {
        String port = scheme.equals("https") ? ":443" : ":80";
        return without(port, one).equalsIgnoreCase(without(port, other));
    }

    private static String without(String port, String authority) {
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }

    /** Where the host ends; -1 where there is none. */
    private static int hostEnd(String authority) {
        if (authority.startsWith("[")) {
            int close = authority.indexOf(']');
            return close > 0 && isIpv6(authority.substring(1, close)) ? close + 1 : -1;
        }
        int length = authority.length();
        int i = 0;
        while (i < length && authority.charAt(i) != ':') {
            char c = authority.charAt(i);
            if (c == '%' && isHex(authority, i + 1) && isHex(authority, i + 2)) {
                i += 3;
            } else if (c < NAME.length && NAME[c]) {
                i++;
            } else {
                return -1;
            }
        }
        return i;
    }

    static boolean isHex(String text, int at) {
        return at < text.length() && text.charAt(at) < 0x80 && Character.digit(text.charAt(at), 16) >= 0;
    }

    private static boolean isIpv6(String literal) {
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c != ':' && c != '.' && !isHex(literal, i)) {
                return false;
            }
        }
        try {
            return literal.indexOf(':') >= 0 && Inet6Address.ofLiteral(literal) != null;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static boolean isPort(String authority, int colon) {
        int from = colon + 1;
        int port = 0;
        if (from > authority.length() || authority.charAt(colon) != ':') {
            return false;
        }
        for (int i = from; i < authority.length(); i++) {
            char c = authority.charAt(i);
            if (c < '0' || c > '9' || i == from + PORT_DIGITS) {
                return false;
            }
            port = 10 * port + c - '0';
        }
        return port > 0 && port <= LAST_PORT;
    }
}
