package dev.attache.tls;

import java.nio.ByteBuffer;

/**
 * What a server said in the clear before it changed to ciphered records.
 *
 * @param tls13       whether TLS 1.3 was chosen
 * @param sharedKey   whether ServerHello took up an offered key (RFC 8446, 4.2.11)
 * @param certificate whether a certificate stood there in the clear, as it does up to TLS 1.2
 */
record ServerFlight(boolean tls13, boolean sharedKey, boolean certificate) {

    private static final int HANDSHAKE_RECORD = 22;
    private static final int SERVER_HELLO = 2;
    private static final int CERTIFICATE = 11;
    private static final int PRE_SHARED_KEY = 41;
    private static final int SUPPORTED_VERSIONS = 43;

    boolean resumes() {
        return tls13 ? sharedKey : !certificate;
    }

    static ServerFlight parse(byte[] wire) {
        ByteBuffer messages = messages(ByteBuffer.wrap(wire));
        boolean tls13 = false;
        boolean sharedKey = false;
        boolean certificate = false;
        while (messages.hasRemaining()) {
            int type = messages.get();
            ByteBuffer body = take(messages, (messages.get() & 0xff) << 16 | messages.getShort() & 0xffff);
            certificate |= type == CERTIFICATE;
            if (type == SERVER_HELLO) {
                // Version (2), random (32); then session id, suite (2), compression (1).
                body.position(34);
                body.position(body.position() + 1 + (body.get(body.position()) & 0xff) + 3);
                ByteBuffer extensions = take(body, body.getShort() & 0xffff);
                while (extensions.hasRemaining()) {
                    int extension = extensions.getShort() & 0xffff;
                    tls13 |= extension == SUPPORTED_VERSIONS;
                    sharedKey |= extension == PRE_SHARED_KEY;
                    take(extensions, extensions.getShort() & 0xffff);
                }
            }
        }
        return new ServerFlight(tls13, sharedKey, certificate);
    }

    /** The handshake messages of the leading handshake records. */
    private static ByteBuffer messages(ByteBuffer wire) {
        ByteBuffer messages = ByteBuffer.allocate(wire.remaining());
        while (wire.hasRemaining() && wire.get(wire.position()) == HANDSHAKE_RECORD) {
            wire.position(wire.position() + 3);
            messages.put(take(wire, wire.getShort() & 0xffff));
        }
        return messages.flip();
    }

    private static ByteBuffer take(ByteBuffer in, int bytes) {
        ByteBuffer part = in.slice(in.position(), bytes);
        in.position(in.position() + bytes);
        return part;
    }
}
