package dev.attache.core.http1;

/** What came is not HTTP/1 to the letter; the connection is of no further use. Has no stack trace. */
public final class MalformedMessageException extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int BAD_REQUEST = 400;

    private final int status;
    private final boolean foreign;

    /**
     * A fault in a message.
     *
     * @param status  what a server answers to it
     * @param message what is wrong
     */
    public MalformedMessageException(int status, String message) {
        this(status, message, false);
    }

    private MalformedMessageException(int status, String message, boolean foreign) {
        super(message, null, false, false);
        this.status = status;
        this.foreign = foreign;
    }

    /** What came is not even an attempt at HTTP/1, but maybe another protocol, whose client understands no answer. */
    public static MalformedMessageException foreign(String message) {
        return new MalformedMessageException(BAD_REQUEST, message, true);
    }

    /** Whether what came is not even an attempt at HTTP/1. */
    public boolean isForeign() {
        return foreign;
    }

    /** What a server answers to it: 400, 414, 431 or 505. */
    public int status() {
        return status;
    }
}
