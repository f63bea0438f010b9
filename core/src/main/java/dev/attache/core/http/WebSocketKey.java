package dev.attache.core.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The question and the answer by which both ends of a WebSocket over HTTP/1 make sure that they mean the same. HTTP/2 has
 * none: who stands between the two asks, or answers, for the side that does not.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2">RFC 6455, 4.2.2</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8441#section-5">RFC 8441, 5</a>
 */
public final class WebSocketKey {

    private static final String APPENDED = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private WebSocketKey() {}

    /** A new value for {@code sec-websocket-key}. */
    public static String random() {
        byte[] nonce = new byte[KEY_BYTES];
        ThreadLocalRandom.current().nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** The value of {@code sec-websocket-accept} that answers {@code key}. */
    public static String accept(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1").digest((key + APPENDED).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // Every JDK has it.
        }
    }
}
