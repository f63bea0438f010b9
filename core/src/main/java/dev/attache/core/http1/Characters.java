package dev.attache.core.http1;

/**
 * Which bytes may stand where.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2">RFC 9110, tokens</a>
 */
public final class Characters {

    private static final boolean[] TOKEN = new boolean[256];
    private static final boolean[] TEXT = new boolean[256];

    static {
        for (char c = 0; c < TEXT.length; c++) {
            boolean letterOrDigit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            TOKEN[c] = letterOrDigit || (c > 0 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
            TEXT[c] = (c >= ' ' && c != 0x7F) || c == '\t';
        }
    }

    private Characters() {}

    /** A character of a method or a field's name. */
    public static boolean isToken(byte b) {
        return TOKEN[b & 0xFF];
    }

    /** A character of a method or a field's name. */
    public static boolean isToken(char c) {
        return c < TOKEN.length && TOKEN[c];
    }

    /** Whether all of a text, and that is something, is characters of a name. */
    public static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isToken(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** A character of a field's value: visible, blank, tab, or beyond US-ASCII. */
    public static boolean isText(byte b) {
        return TEXT[b & 0xFF];
    }
}
