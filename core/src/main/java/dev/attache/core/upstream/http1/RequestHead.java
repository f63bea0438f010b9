package dev.attache.core.upstream.http1;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.http.Request;
import dev.attache.core.policy.Failure;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request head, and the trailers of a chunked body. Nothing that would end a line early gets through: such a
 * request is refused. Characters up to U+00FF are written as one byte, as they were read; others as UTF-8.
 */
final class RequestHead {

    private static final byte[] VERSION_AND_HOST = ascii(" HTTP/1.1\r\nhost: ");
    private static final byte[] VERSION_AND_PROPER_HOST = ascii(" HTTP/1.1\r\nHost: ");
    private static final byte[] CONTENT_LENGTH = ascii("content-length: ");
    private static final byte[] PROPER_CONTENT_LENGTH = ascii("Content-Length: ");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
    private static final byte[] PROPER_CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final boolean[] TOKEN = tokenCharacters();

    private final HeaderCase headerCase;
    private byte[] bytes;
    private int size;

    RequestHead(HeaderCase headerCase, byte[] bytes) {
        this.headerCase = headerCase;
        this.bytes = bytes;
    }

    /**
     * Writes all of a head.
     *
     * @param authority where the request has none: what to say instead
     * @param trailers  whether trailers may follow
     */
    void write(Request request, String authority, boolean trailers) throws AttemptFailure {
        boolean proper = headerCase != HeaderCase.LOWER;
        token(request.method(), "method");
        put((byte) ' ');
        target(request.target());
        put(proper ? VERSION_AND_PROPER_HOST : VERSION_AND_HOST);
        value(request.authority().isEmpty() ? authority : request.authority(), "host");
        endLine();
        boolean lengthGiven = false;
        HttpFields headers = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            HttpField field = headers.getField(i);
            HttpHeader header = field.getHeader();
            if (header == HttpHeader.CONTENT_LENGTH) {
                lengthGiven = true;
            } else if (header == null || !isOurs(header, trailers)) {
                field(field);
            }
        }
        long length = request.body().length();
        if (length < 0) {
            put(proper ? PROPER_CHUNKED : CHUNKED);
        } else if (length > 0 || lengthGiven || expectsContent(request.method())) {
            put(proper ? PROPER_CONTENT_LENGTH : CONTENT_LENGTH);
            put(ascii(Long.toString(length)));
            endLine();
        }
        endLine();
    }

    /** Fields that are about one connection, or that follow from the request. */
    private static boolean isOurs(HttpHeader header, boolean trailers) {
        return switch (header) {
            case HOST,
                    TRANSFER_ENCODING,
                    CONNECTION,
                    KEEP_ALIVE,
                    PROXY_CONNECTION,
                    TE,
                    UPGRADE,
                    HTTP2_SETTINGS,
                    EXPECT -> true;
            case TRAILER -> !trailers;
            default -> false;
        };
    }

    /** RFC 9110, 8.6: without content such a method says so. */
    private static boolean expectsContent(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }

    void field(HttpField field) throws AttemptFailure {
        name(field.getName());
        put((byte) ':');
        put((byte) ' ');
        value(field.getValue(), field.getName());
        endLine();
    }

    void endLine() {
        put((byte) '\r');
        put((byte) '\n');
    }

    /** What was written, ready to be sent. */
    ByteBuffer written() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    /** Puts content right behind the head, if it fits. */
    boolean append(ByteBuffer content) {
        int length = content.remaining();
        if (length > bytes.length - size) {
            return false;
        }
        content.get(bytes, size, length);
        size += length;
        return true;
    }

    private void token(String text, String what) throws AttemptFailure {
        int length = text.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= TOKEN.length || !TOKEN[c]) {
                throw refuse(what, c);
            }
            bytes[size++] = (byte) c;
        }
        if (length == 0) {
            throw new AttemptFailure(Failure.DOWNSTREAM_PROTOCOL_ERROR, "empty " + what);
        }
    }

    private void name(String name) throws AttemptFailure {
        int begin = size;
        token(name, "header name");
        switch (headerCase) {
            case LOWER -> {
                for (int i = begin; i < size; i++) {
                    bytes[i] = lower(bytes[i]);
                }
            }
            case PROPER_CASE_WORDS -> {
                boolean first = true;
                for (int i = begin; i < size; i++) {
                    bytes[i] = first ? upper(bytes[i]) : lower(bytes[i]);
                    first = bytes[i] == '-';
                }
            }
            case PRESERVE -> {}
        }
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    private static byte upper(byte b) {
        return b >= 'a' && b <= 'z' ? (byte) (b - 32) : b;
    }

    private void target(String target) throws AttemptFailure {
        if (target.isEmpty()) {
            throw new AttemptFailure(Failure.DOWNSTREAM_PROTOCOL_ERROR, "empty target");
        }
        reserve(3 * target.length());
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7F) {
                throw refuse("target", c);
            }
            if (c < 0x80) {
                bytes[size++] = (byte) c;
            } else {
                i += utf8(target, i);
            }
        }
    }

    private void value(@Nullable String value, String name) throws AttemptFailure {
        if (value == null) {
            return;
        }
        reserve(3 * value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F) {
                throw refuse("header " + name, c);
            }
            if (c <= 0xFF) {
                bytes[size++] = (byte) c;
            } else {
                i += utf8(value, i);
            }
        }
    }

    /** Writes the character at {@code at}. Returns how many more chars it took. */
    private int utf8(String text, int at) {
        int point = text.codePointAt(at);
        if (point < 0x800) {
            bytes[size++] = (byte) (0xC0 | point >> 6);
        } else {
            if (point < 0x10000) {
                bytes[size++] = (byte) (0xE0 | point >> 12);
            } else {
                bytes[size++] = (byte) (0xF0 | point >> 18);
                bytes[size++] = (byte) (0x80 | (point >> 12 & 0x3F));
            }
            bytes[size++] = (byte) (0x80 | (point >> 6 & 0x3F));
        }
        bytes[size++] = (byte) (0x80 | (point & 0x3F));
        return Character.charCount(point) - 1;
    }

    private void put(byte b) {
        reserve(1);
        bytes[size++] = b;
    }

    private void put(byte[] text) {
        reserve(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
    }

    private void reserve(int more) {
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    private static AttemptFailure refuse(String what, char c) {
        return new AttemptFailure(
                Failure.DOWNSTREAM_PROTOCOL_ERROR, what + ": illegal character 0x" + Integer.toHexString(c));
    }

    static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static boolean[] tokenCharacters() {
        boolean[] allowed = new boolean[128];
        for (char c = '0'; c <= 'z'; c++) {
            allowed[c] = Character.isLetterOrDigit(c);
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            allowed[c] = true;
        }
        return allowed;
    }
}
