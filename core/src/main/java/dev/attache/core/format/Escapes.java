package dev.attache.core.format;

import dev.attache.core.http.Octets;

/**
 * Texts as bytes. Everywhere in a formatted text one character stands for one byte, as in header values that came over a
 * connection: so the bytes of a peer reach the log as they were, whatever they mean.
 */
final class Escapes {

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private Escapes() {}

    /** White space as {@code _}, so that a text stays one word. */
    static String underscored(String text) {
        return text.indexOf(' ') < 0 ? text : text.replace(' ', '_');
    }

    /**
     * Makes control characters after {@code start} visible as {@code \xHH}, so that nobody can break a log line or write
     * one of his own; a tab is left as it is.
     */
    static void controls(StringBuilder out, int start) {
        for (int i = start; i < out.length(); i++) {
            char c = out.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                out.replace(i, i + 1, "\\x" + HEX[c >> 4] + HEX[c & 0xf]);
                i += 3;
            }
        }
    }

    /** Makes what stands after {@code start} the inside of a JSON string; bytes that are not UTF-8 become code points. */
    static void json(StringBuilder out, int start) {
        for (int i = start; i < out.length(); i++) {
            char c = out.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c > '~') {
                String rest = out.substring(i);
                out.setLength(i);
                jsonInto(out, rest);
                return;
            }
        }
    }

    /** A JSON string, with its quotes. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        jsonInto(out, Octets.of(text));
        return out.append('"').toString();
    }

    private static void jsonInto(StringBuilder out, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int sequence = c > '~' ? utf8Length(text, i) : 1;
            if (sequence > 1) {
                out.append(text, i, i + sequence);
                i += sequence - 1;
            } else if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else if (c == '\t') {
                out.append("\\t");
            } else if (c < ' ' || c > '~') {
                out.append("\\u")
                        .append(HEX[c >> 12])
                        .append(HEX[c >> 8 & 0xf])
                        .append(HEX[c >> 4 & 0xf])
                        .append(HEX[c & 0xf]);
            } else {
                out.append(c);
            }
        }
    }

    /** Length of the UTF-8 sequence of more than one byte that begins at {@code i}; 1 where there is none (RFC 3629). */
    private static int utf8Length(String text, int i) {
        int first = text.charAt(i);
        int length = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 ? 2 : 1;
        if (first > 0xf4 || i + length > text.length()) {
            return 1;
        }
        for (int k = 1; k < length; k++) {
            if ((text.charAt(i + k) & ~0x3f) != 0x80) {
                return 1;
            }
        }
        int second = length > 2 ? text.charAt(i + 1) : 0;
        boolean overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
        boolean outside = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
        return overlong || outside ? 1 : length;
    }
}
