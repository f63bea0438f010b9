package dev.attache.core.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The key by which a WebSocket server over HTTP/1 shows that it has understood the request; over HTTP/2 there is none, so
 * that it is made or answered where the one becomes the other.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455.html#section-1.3">RFC 6455, 1.3</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8441.html#section-5">RFC 8441, 5</a>
 */
public final class WebSocketKey {

    /** Name of the field that a client sends over HTTP/1. */
    public static final String NAME = "sec-websocket-key";

    /** Name of the field that answers it. */
    public static final String ANSWER = "sec-websocket-accept";

    private static final String WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int BYTES = 16;

    private WebSocketKey() {}

    /** Gives {@code request} a key, where it has none. */
    public static void ask(HttpFields.Mutable request) {
        if (!request.contains(NAME)) {
            byte[] random = new byte[BYTES];
            ThreadLocalRandom.current().nextBytes(random); // It is to be fresh, and no secret.
            request.add(NAME, Base64.getEncoder().encodeToString(random));
        }
    }

    /** Gives {@code response} the answer to the key of {@code request}, where that has one. */
    public static void answer(HttpFields request, HttpFields.Mutable response) {
        String key = request.get(NAME);
        if (key != null) {
            response.put(ANSWER, answer(key));
        }
    }

    private static String answer(@Nullable String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] digest = sha1.digest((key + WEBSOCKET).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
