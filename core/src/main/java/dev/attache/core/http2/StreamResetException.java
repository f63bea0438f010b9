package dev.attache.core.http2;

import java.io.IOException;

/** A stream has ended before it was complete. Has no stack trace: it is told to another thread than it arose on. */
public final class StreamResetException extends IOException {

    private static final long serialVersionUID = 1;

    /** Who ended a stream, and how much of it was seen. */
    public enum Kind {
        /** The peer, by RST_STREAM. */
        PEER,
        /** The peer has not begun with it, or it was never sent: it may be sent again. */
        UNPROCESSED,
        /** The connection was lost. */
        CONNECTION,
        /** What the peer sent is not HTTP. */
        PROTOCOL,
        /** This side did. */
        LOCAL
    }

    private final Kind kind;
    private final int code;

    StreamResetException(Kind kind, ErrorCode code, String words) {
        this(kind, code.code(), words);
    }

    private StreamResetException(Kind kind, int code, String words) {
        super(words, null);
        this.kind = kind;
        this.code = code;
    }

    static StreamResetException byPeer(int code) {
        Kind kind = code == ErrorCode.REFUSED_STREAM.code() ? Kind.UNPROCESSED : Kind.PEER;
        return new StreamResetException(kind, code, "stream reset by the peer: " + ErrorCode.text(code));
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** Who ended it. */
    public Kind kind() {
        return kind;
    }

    /** The error code of HTTP/2 (RFC 9113, 7). */
    public int code() {
        return code;
    }
}
