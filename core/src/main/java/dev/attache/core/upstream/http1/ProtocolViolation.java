package dev.attache.core.upstream.http1;

import java.io.IOException;

/** What came from the upstream is not HTTP, or breaks a limit. Has no stack trace: it says nothing about us. */
final class ProtocolViolation extends IOException {

    private static final long serialVersionUID = 1L;

    ProtocolViolation(String message) {
        super(message);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // It changes nothing.
    public Throwable fillInStackTrace() {
        return this;
    }
}
