package dev.attache.core.http1;

/** A head holds what would end a line early, or is no name at all: nothing of it may be sent. Has no stack trace. */
public final class IllegalHeadException extends Exception {

    private static final long serialVersionUID = 1L;

    public IllegalHeadException(String message) {
        super(message, null, false, false);
    }
}
