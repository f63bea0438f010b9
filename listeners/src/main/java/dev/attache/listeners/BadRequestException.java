package dev.attache.listeners;

import dev.attache.core.http.LocalReply;
import dev.attache.core.http1.MalformedMessageException;
import org.eclipse.jetty.http.HttpStatus;

/** What came is no request, and how that is answered; the connection ends with it. Has no stack trace. */
final class BadRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient LocalReply reply;
    private final boolean foreign;

    BadRequestException(int status, String details, String why) {
        this(new LocalReply(status, HttpStatus.getMessage(status), details), why);
    }

    /** @param why in the words of whoever has found it */
    BadRequestException(LocalReply reply, String why) {
        this(reply, why, false);
    }

    private BadRequestException(LocalReply reply, String why, boolean foreign) {
        super(why, null, false, false);
        this.reply = reply;
        this.foreign = foreign;
    }

    /** The answer to what the parser refuses. */
    static BadRequestException of(MalformedMessageException malformed) {
        String details = switch (malformed.status()) {
            case 414, 431 -> "http1.headers_too_large";
            case 505 -> "http1.unsupported_version";
            default -> "http1.codec_error";
        };
        return new BadRequestException(
                new LocalReply(malformed.status(), HttpStatus.getMessage(malformed.status()), details),
                String.valueOf(malformed.getMessage()),
                malformed.isForeign());
    }

    LocalReply reply() {
        return reply;
    }

    /** Whether what came is not even an attempt at HTTP/1: where other protocols are spoken too, nothing is answered. */
    boolean isForeign() {
        return foreign;
    }
}
