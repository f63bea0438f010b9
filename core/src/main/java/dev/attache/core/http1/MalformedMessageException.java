package dev.attache.core.http1;

/** What came is not HTTP/1 to the letter; the connection is of no further use. Has no stack trace. */
public final class MalformedMessageException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * A fault in a message.
     *
     * @param status  what a server answers to it
     * @param message what is wrong
     */
    public MalformedMessageException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What a server answers to it: 400, 414, 431 or 505. */
    public int status() {
        return status;
    }
}
