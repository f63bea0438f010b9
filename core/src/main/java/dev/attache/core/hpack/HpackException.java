package dev.attache.core.hpack;

/** A block that cannot be decoded. The connection cannot go on: its tables differ from now on. Has no stack trace. */
public final class HpackException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    HpackException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    static HpackException compression(String message) {
        return new HpackException(Kind.COMPRESSION, message);
    }

    /** What is wrong. */
    public enum Kind {
        /** The block breaks RFC 7541. */
        COMPRESSION,
        /** The block may be right, but its fields are more than the decoder takes. */
        TOO_LARGE
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}
