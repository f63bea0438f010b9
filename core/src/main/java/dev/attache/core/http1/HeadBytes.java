package dev.attache.core.http1;

import dev.attache.core.config.HeaderCase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a message head, or of trailers, in the making. Nothing that would end a line early gets in. A character is
 * one byte, as it was read ({@link dev.attache.core.http.Octets}); what is none is refused. For one thread.
 */
public final class HeadBytes {

    private static final byte[][] LOWER = knownNames(false);
    private static final byte[][] PROPER = knownNames(true);
    private static final int LONGEST_NUMBER = 20;

    private final HeaderCase headerCase;
    private byte[] bytes;
    private int size;

    /** An empty head that is written into {@code bytes} as long as it fits. */
    public HeadBytes(HeaderCase headerCase, byte[] bytes) {
        this.headerCase = headerCase;
        this.bytes = bytes;
    }

    /** Text in US-ASCII. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether all names that are not known from elsewhere are written in lower case. */
    public boolean isLowerCase() {
        return headerCase == HeaderCase.LOWER;
    }

    /** A name, a value and the end of their line. */
    public void field(HttpField field) throws IllegalHeadException {
        field(field, headerCase);
    }

    /** As {@link #field(HttpField)}, with the name in another case. */
    public void field(HttpField field, HeaderCase nameCase) throws IllegalHeadException {
        byte[] known = known(field.getHeader(), nameCase);
        if (known == null) {
            name(field.getName(), nameCase);
            put((byte) ':');
            put((byte) ' ');
        } else {
            put(known);
        }
        value(field.getValue(), field.getName());
        endLine();
    }

    /** A known name in the wanted case, with what stands between it and its value; null where it is to be kept. */
    private static byte @Nullable [] known(@Nullable HttpHeader header, HeaderCase nameCase) {
        if (header == null) {
            return null;
        }
        return switch (nameCase) {
            case LOWER -> LOWER[header.ordinal()];
            case PROPER_CASE_WORDS -> PROPER[header.ordinal()];
            case PRESERVE -> null;
        };
    }

    /** Ends a line. */
    public void endLine() {
        reserve(2);
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    /** What was written, ready to be sent. */
    public ByteBuffer written() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    /** Puts content right behind the head, if it fits. */
    public boolean append(ByteBuffer content) {
        int length = content.remaining();
        if (length > bytes.length - size) {
            return false;
        }
        content.get(bytes, size, length);
        size += length;
        return true;
    }

    /** A method, or any other token; {@code what} names it in the error. */
    public void token(String text, String what) throws IllegalHeadException {
        int length = text.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (!Characters.isToken(c)) {
                throw refuse(what, c);
            }
            bytes[size++] = (byte) c;
        }
        if (length == 0) {
            throw new IllegalHeadException("empty " + what);
        }
    }

    private void name(String name, HeaderCase nameCase) throws IllegalHeadException {
        int begin = size;
        token(name, "header name");
        switch (nameCase) {
            case LOWER -> {
                for (int i = begin; i < size; i++) {
                    bytes[i] = lower(bytes[i]);
                }
            }
            case PROPER_CASE_WORDS -> properCase(bytes, begin, size);
            case PRESERVE -> {}
        }
    }

    private static void properCase(byte[] bytes, int from, int to) {
        boolean first = true;
        for (int i = from; i < to; i++) {
            bytes[i] = first ? upper(bytes[i]) : lower(bytes[i]);
            first = bytes[i] == '-';
        }
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    private static byte upper(byte b) {
        return b >= 'a' && b <= 'z' ? (byte) (b - 32) : b;
    }

    /** A request target. */
    public void target(String target) throws IllegalHeadException {
        if (target.isEmpty()) {
            throw new IllegalHeadException("empty target");
        }
        reserve(target.length());
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7F || c > 0xFF) {
                throw refuse("target", c);
            }
            bytes[size++] = (byte) c;
        }
    }

    /** A field's value; {@code name} names it in the error. */
    public void value(@Nullable String value, String name) throws IllegalHeadException {
        if (value == null) {
            return;
        }
        int length = value.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
                throw refuse("header " + name, c);
            }
            bytes[size++] = (byte) c;
        }
    }

    /** A number in decimal digits, 0 or more. */
    public void number(long number) {
        reserve(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    public void put(byte b) {
        reserve(1);
        bytes[size++] = b;
    }

    /** Bytes that are known to be in order. */
    public void put(byte[] text) {
        reserve(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
    }

    private void reserve(int more) {
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    private static IllegalHeadException refuse(String what, char c) {
        return new IllegalHeadException(what + ": illegal character 0x" + Integer.toHexString(c));
    }

    private static byte[][] knownNames(boolean proper) {
        HttpHeader[] known = HttpHeader.values();
        byte[][] names = new byte[known.length][];
        for (HttpHeader header : known) {
            byte[] name = ascii(header.lowerCaseName() + ": ");
            if (proper) {
                properCase(name, 0, name.length);
            }
            names[header.ordinal()] = name;
        }
        return names;
    }
}
