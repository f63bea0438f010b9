package dev.attache.core.http2;

import dev.attache.core.http.Headers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A field that this side wants to send cannot be written: a character that is no octet, or one that ends a line. Nothing
 * was sent, and the connection is none the worse.
 */
public final class UnencodableException extends IOException {

    private static final long serialVersionUID = 1;

    private UnencodableException(String name) {
        super("field that cannot be sent: " + name);
    }

    static void check(Headers fields) throws UnencodableException {
        @Nullable String name = FrameWriter.unencodable(fields);
        if (name != null) {
            throw new UnencodableException(name);
        }
    }
}
