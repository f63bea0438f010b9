package dev.attache.listeners;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The upstream's side broke off; the client must see that its response is not complete. */
class TruncatedBodyException extends IOException {

    private static final long serialVersionUID = 1;

    TruncatedBodyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
