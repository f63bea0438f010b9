package dev.attache.core.http2;

import java.io.IOException;

/** The peer has broken a rule whose breach ends the connection (RFC 9113, 5.4.1). Has no stack trace. */
final class ConnectionException extends IOException {

    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    ConnectionException(ErrorCode code, String words) {
        super(words, null);
        this.code = code;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    ErrorCode code() {
        return code;
    }
}
