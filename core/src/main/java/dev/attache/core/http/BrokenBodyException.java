package dev.attache.core.http;

import java.io.IOException;

/** The body of an answer has broken off, and what is answered instead where nothing of it has been written yet. */
public final class BrokenBodyException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient LocalReply reply;

    /** A break that {@code trouble} has brought about. */
    public BrokenBodyException(LocalReply reply, IOException trouble) {
        super(trouble.getMessage(), trouble);
        this.reply = reply;
    }

    /** The answer in place of the one that broke. */
    public LocalReply reply() {
        return reply;
    }
}
