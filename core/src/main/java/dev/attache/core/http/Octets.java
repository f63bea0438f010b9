package dev.attache.core.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * Texts of messages as octets. Whatever stands in a message (target, authority, header values) is a string in which each
 * character is one octet, as in ISO-8859-1, from one connection to the other: what an octet means is the business of those
 * at the ends. Texts of a configuration are Unicode, and become the octets of their UTF-8 form.
 */
public final class Octets {

    private Octets() {}

    /** A text of ours as octets. */
    public static String of(String text) {
        return isAscii(text) ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The characters that octets stand for where they are UTF-8; else, as they are. For expressions over characters. */
    public static String text(String octets) {
        if (isAscii(octets)) {
            return octets;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1));
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException notUtf8) {
            return octets;
        }
    }

    /** Has octets changed as {@link #text}; what is not UTF-8 stays as it is where it is not changed. */
    public static String change(String octets, UnaryOperator<String> change) {
        String text = text(octets);
        boolean kept = text.length() == octets.length() && !isAscii(octets);
        return kept ? change.apply(text) : of(change.apply(text));
    }

    /** Whether a text can be the value of a field: octets, none of which would end a line. */
    public static boolean areValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7F) {
                return false;
            }
        }
        return true;
    }
}
