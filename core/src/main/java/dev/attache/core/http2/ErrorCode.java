package dev.attache.core.http2;

import org.jspecify.annotations.Nullable;

/**
 * Why a stream or a connection ends.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-7">RFC 9113, 7</a>
 */
public enum ErrorCode {
    NO_ERROR,
    PROTOCOL_ERROR,
    INTERNAL_ERROR,
    FLOW_CONTROL_ERROR,
    SETTINGS_TIMEOUT,
    STREAM_CLOSED,
    FRAME_SIZE_ERROR,
    REFUSED_STREAM,
    CANCEL,
    COMPRESSION_ERROR,
    CONNECT_ERROR,
    ENHANCE_YOUR_CALM,
    INADEQUATE_SECURITY,
    HTTP_1_1_REQUIRED;

    private static final ErrorCode[] ALL = values();

    /** The number of this code in a frame. */
    public int code() {
        return ordinal();
    }

    /** The code of that number; null for a number that the RFC does not know. */
    public static @Nullable ErrorCode of(int code) {
        return code >= 0 && code < ALL.length ? ALL[code] : null;
    }

    /** The name of a code, or its number where it has none. */
    public static String text(int code) {
        ErrorCode known = of(code);
        return known == null ? Integer.toUnsignedString(code) : known.name();
    }
}
