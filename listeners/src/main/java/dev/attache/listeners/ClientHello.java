package dev.attache.listeners;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What the first bytes of a client say, as far as a filter chain is chosen by it: whether it speaks TLS, and which name it
 * asks for. The engine that shakes hands reads the same bytes again and judges them; here whatever is broken is no name.
 *
 * @param tls        whether they are of TLS
 * @param serverName the name, in lower case; empty for none
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446.html#section-4.1.2">RFC 8446, 4.1.2</a>
 */
record ClientHello(boolean tls, String serverName) {

    /** The most of a message that is waited for: four full records. */
    static final int MOST_BYTES = 64 * 1024;

    /** More bytes are needed. */
    static final ClientHello INCOMPLETE = new ClientHello(false, "?");

    private static final ClientHello PLAIN = new ClientHello(false, "");
    private static final ClientHello NAMELESS = new ClientHello(true, "");

    private static final int HANDSHAKE_RECORD = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int VERSION_AND_RANDOM = 34;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;

    /** The same in words, for the log. */
    String words() {
        if (!tls) {
            return "a client without TLS";
        }
        return serverName.isEmpty() ? "a TLS client that names no server (no SNI)" : "the server name " + serverName;
    }

    /** Looks at {@code bytes} from their position to their limit, and leaves both as they are. */
    static ClientHello parse(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice();
        if (!in.hasRemaining()) {
            return INCOMPLETE;
        }
        if (in.get(0) != HANDSHAKE_RECORD || (in.remaining() > 1 && in.get(1) != 3)) {
            return PLAIN;
        }
        ByteBuffer message = ByteBuffer.allocate(in.remaining());
        while (in.remaining() >= RECORD_HEADER && in.get(in.position()) == HANDSHAKE_RECORD) {
            int length = in.getShort(in.position() + 3) & 0xffff;
            in.position(in.position() + RECORD_HEADER);
            int here = Math.min(length, in.remaining());
            message.put(in.slice(in.position(), here));
            in.position(in.position() + here);
            if (isWhole(message)) {
                return hello(message.flip());
            }
            if (here < length) {
                break;
            }
        }
        return bytes.remaining() >= MOST_BYTES ? NAMELESS : INCOMPLETE;
    }

    private static boolean isWhole(ByteBuffer message) {
        return message.position() >= MESSAGE_HEADER
                && (message.get(0) != CLIENT_HELLO
                        || message.position() >= MESSAGE_HEADER + (message.getInt(0) & 0xffffff));
    }

    private static ClientHello hello(ByteBuffer message) {
        try {
            if (message.get(0) != CLIENT_HELLO) {
                return NAMELESS;
            }
            ByteBuffer in = message.slice(MESSAGE_HEADER, message.getInt(0) & 0xffffff);
            in.position(VERSION_AND_RANDOM);
            skip(in, in.get() & 0xff); // Session.
            skip(in, in.getShort() & 0xffff); // Cipher suites.
            skip(in, in.get() & 0xff); // Compression.
            ByteBuffer extensions = take(in, in.getShort() & 0xffff);
            while (extensions.hasRemaining()) {
                int type = extensions.getShort() & 0xffff;
                ByteBuffer body = take(extensions, extensions.getShort() & 0xffff);
                if (type == SERVER_NAME) {
                    return new ClientHello(true, name(body));
                }
            }
            return NAMELESS;
        } catch (RuntimeException broken) {
            return NAMELESS;
        }
    }

    private static String name(ByteBuffer body) {
        ByteBuffer names = take(body, body.getShort() & 0xffff);
        while (names.hasRemaining()) {
            int type = names.get();
            ByteBuffer name = take(names, names.getShort() & 0xffff);
            if (type == HOST_NAME) {
                return StandardCharsets.US_ASCII.decode(name).toString().toLowerCase(Locale.ROOT);
            }
        }
        return "";
    }

    private static void skip(ByteBuffer in, int bytes) {
        in.position(in.position() + bytes);
    }

    private static ByteBuffer take(ByteBuffer in, int bytes) {
        ByteBuffer part = in.slice(in.position(), bytes);
        skip(in, bytes);
        return part;
    }
}
