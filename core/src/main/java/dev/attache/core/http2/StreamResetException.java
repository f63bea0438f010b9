package dev.attache.core.http2;

import java.io.IOException;
import org.eclipse.jetty.http2.ErrorCode;

/** A stream has ended before it was complete. Has no stack trace: it is told to another thread than it arose on. */
public final class StreamResetException extends IOException {

    private static final long serialVersionUID = 1;

    /** Who ended a stream, and how much of it was seen. */
    public enum Kind {
        /** The peer, by RST_STREAM. */
        PEER,
        /** The peer, which says that it has not begun with it: it may be sent again. */
        UNPROCESSED,
        /** The connection was lost. */
        CONNECTION,
        /** What the peer sent is not HTTP. */
        PROTOCOL,
        /** We did. */
        LOCAL
    }

    private final Kind kind;
    private final int code;

    StreamResetException(Kind kind, int code, String words) {
        super(words, null);
        this.kind = kind;
        this.code = code;
    }

    static StreamResetException byPeer(int code) {
        Kind kind = code == ErrorCode.REFUSED_STREAM_ERROR.code ? Kind.UNPROCESSED : Kind.PEER;
        return new StreamResetException(kind, code, "stream reset by the peer: " + ErrorCode.toString(code, "" + code));
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    public Kind kind() {
        return kind;
    }

    /** The error code of HTTP/2 (RFC 9113, 7). */
    public int code() {
        return code;
    }
}
