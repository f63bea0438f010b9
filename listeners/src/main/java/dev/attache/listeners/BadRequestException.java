package dev.attache.listeners;

import dev.attache.core.http.LocalReply;
import org.eclipse.jetty.http.HttpStatus;

/** What came is no request, and how that is answered; the connection ends with it. Has no stack trace. */
final class BadRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient LocalReply reply;

    BadRequestException(int status, String details) {
        this(new LocalReply(status, HttpStatus.getMessage(status), details));
    }

    BadRequestException(LocalReply reply) {
        super(reply.details(), null, false, false);
        this.reply = reply;
    }

    /** The answer to what the parser refuses with {@code status}. */
    static BadRequestException ofParser(int status) {
        String details = switch (status) {
            case 414, 431 -> "http1.headers_too_large";
            case 505 -> "http1.unsupported_version";
            default -> "http1.codec_error";
        };
        // Whatever went wrong before there was a request is the client's fault.
        return new BadRequestException(status == HttpStatus.INTERNAL_SERVER_ERROR_500 ? 400 : status, details);
    }

    LocalReply reply() {
        return reply;
    }
}
