package dev.attache.core.net;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a server says in the clear at the beginning of a handshake, and engines keep to themselves: whether it goes on
 * with an earlier session, and on which curve the keys are agreed. Heard in parts, in their order, by one thread.
 *
 * <p>With TLS 1.3 its hello says both. Before, a server that begins a session shows its certificate, one that goes on
 * with another does not, and the curve stands in the message behind the certificate.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446#section-4.1.3">RFC 8446, 4.1.3 and 4.2.11</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5246#section-7.3">RFC 5246, 7.3</a>
 */
final class ServerFlight {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** More than this says no server before it is ciphered. */
    private static final int MOST_BYTES = 1 << 17;

    private static final int RECORD_HEAD = 5;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;

    private static final int MESSAGE_HEAD = 4;
    private static final int SERVER_HELLO = 2;
    private static final int NEW_SESSION_TICKET = 4;
    private static final int SERVER_KEY_EXCHANGE = 12;
    private static final int SERVER_HELLO_DONE = 14;

    private static final int PRE_SHARED_KEY = 41;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int KEY_SHARE = 51;
    private static final int NAMED_CURVE = 3;

    /** The random of a hello that is none but asks for another one of the client's. */
    private static final byte[] RETRY =
            HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

    // What is not whole yet, up to the position.
    private ByteBuffer records = NOTHING;
    private ByteBuffer messages = NOTHING;
    private boolean helloHeard;
    private boolean done;
    private boolean resumes;
    private String curve = "";

    /** Whether the server goes on with an earlier session; false while that is not known. */
    boolean resumes() {
        return resumes;
    }

    /** The curve, by the name that OpenSSL has for it; empty where there is none, or none that is known. */
    String curve() {
        return curve;
    }

    /** The next of the bytes that the server sends; leaves {@code bytes} as they are. */
    void hear(ByteBuffer bytes) {
        if (done) {
            return;
        }
        records = with(records, bytes.duplicate());
        try {
            ByteBuffer left = records.duplicate().flip();
            while (!done && takeRecord(left)) {
                takeMessages();
            }
            dropUpTo(left.position(), records);
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            done = true; // That is the engine's to say.
        }
        if (done || records.position() + messages.position() > MOST_BYTES) {
            done = true;
            records = NOTHING;
            messages = NOTHING;
        }
    }

    /** Grows by doubling, and copies nothing that is not whole a second time, in however small parts a peer sends. */
    private static ByteBuffer with(ByteBuffer before, ByteBuffer more) {
        ByteBuffer into = before;
        if (into.remaining() < more.remaining()) {
            into = ByteBuffer.allocate(Math.max(2 * before.capacity(), before.position() + more.remaining()));
            into.put(before.flip());
        }
        return into.put(more);
    }

    private static void dropUpTo(int taken, ByteBuffer from) {
        if (taken > 0) {
            from.flip().position(taken).compact();
        }
    }

    /** Returns whether all of the next record was there. */
    private boolean takeRecord(ByteBuffer in) {
        if (in.remaining() < RECORD_HEAD) {
            return false;
        }
        int length = in.getShort(in.position() + RECORD_HEAD - Short.BYTES) & 0xffff;
        if (in.remaining() < RECORD_HEAD + length) {
            return false;
        }
        int type = in.get(in.position());
        in.position(in.position() + RECORD_HEAD);
        ByteBuffer content = take(in, length);
        if (type == HANDSHAKE) {
            messages = with(messages, content);
        } else if (type != CHANGE_CIPHER_SPEC) {
            done = true;
        } else if (helloHeard) {
            goesOn(); // With TLS 1.3 it would be over by now: this stands between a retry and the hello.
        }
        return true;
    }

    private void takeMessages() {
        ByteBuffer said = messages.duplicate().flip();
        boolean more = true;
        while (more && !done) {
            more = takeMessage(said);
        }
        dropUpTo(said.position(), messages);
    }

    /** Returns whether all of the next message was there. */
    private boolean takeMessage(ByteBuffer in) {
        if (in.remaining() < MESSAGE_HEAD) {
            return false;
        }
        int head = in.getInt(in.position());
        int length = head & 0xffffff;
        if (in.remaining() < MESSAGE_HEAD + length) {
            return false;
        }
        in.position(in.position() + MESSAGE_HEAD);
        ByteBuffer body = take(in, length);
        switch (head >>> 24) {
            case SERVER_HELLO -> hello(body);
            case NEW_SESSION_TICKET -> goesOn();
            case SERVER_KEY_EXCHANGE -> {
                curve = body.get() == NAMED_CURVE ? name(body.getShort()) : "";
                done = true;
            }
            case SERVER_HELLO_DONE -> done = true;
            default -> {} // Such as the certificate of a server that begins a session, which is what is assumed.
        }
        return true;
    }

    private void goesOn() {
        resumes = true;
        done = true;
    }

    private void hello(ByteBuffer body) {
        body.getShort(); // A version that stands still since 1.2.
        byte[] random = new byte[RETRY.length];
        body.get(random);
        if (Arrays.equals(random, RETRY)) {
            return;
        }
        helloHeard = true;
        take(body, body.get() & 0xff); // Session id.
        body.getShort(); // Suite.
        body.get(); // Compression.
        if (!body.hasRemaining()) {
            return;
        }
        boolean tls13 = false;
        boolean sharedKey = false;
        String share = "";
        ByteBuffer extensions = take(body, body.getShort() & 0xffff);
        while (extensions.hasRemaining()) {
            int type = extensions.getShort() & 0xffff;
            ByteBuffer value = take(extensions, extensions.getShort() & 0xffff);
            switch (type) {
                case SUPPORTED_VERSIONS -> tls13 = true;
                case PRE_SHARED_KEY -> sharedKey = true;
                case KEY_SHARE -> share = name(value.getShort());
                default -> {}
            }
        }
        if (tls13) {
            resumes = sharedKey;
            curve = share;
            done = true;
        }
    }

    private static ByteBuffer take(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = in.slice(in.position(), length);
        in.position(in.position() + length);
        return part;
    }

    private static String name(short group) {
        return switch (group) {
            case 0x0017 -> "P-256";
            case 0x0018 -> "P-384";
            case 0x0019 -> "P-521";
            case 0x001d -> "X25519";
            case 0x001e -> "X448";
            case 0x11ec -> "X25519MLKEM768";
            default -> "";
        };
    }
}
