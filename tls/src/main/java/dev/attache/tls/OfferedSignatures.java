package dev.attache.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a ClientHello says of the certificates that its sender can verify.
 *
 * @param verifiesEcdsa whether those with an ECDSA key are among them
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2">RFC 8446, 4.1.2</a>
 */
record OfferedSignatures(boolean verifiesEcdsa) {

    /** Where nothing could be read: nearly all can. */
    static final OfferedSignatures UNKNOWN = new OfferedSignatures(true);

    private static final int HANDSHAKE_RECORD = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int VERSION_AND_RANDOM = 34;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int TLS13 = 0x0304;

    /**
     * Reads the first bytes of a connection, which is left as it is.
     *
     * @param tls13 whether TLS 1.3 may be settled on, whose suites say nothing of signatures
     * @return empty while the ClientHello is not complete
     */
    static Optional<OfferedSignatures> parse(ByteBuffer wire, boolean tls13) {
        try {
            ByteBuffer messages = messages(wire.duplicate());
            if (messages.get() != CLIENT_HELLO) {
                return Optional.of(UNKNOWN);
            }
            return Optional.of(hello(take(messages, (messages.get() & 0xff) << 16 | uint16(messages)), tls13));
        } catch (BufferUnderflowException | IllegalArgumentException incomplete) {
            return Optional.empty();
        }
    }

    /** The contents of the leading handshake records, as far as they are there. */
    private static ByteBuffer messages(ByteBuffer wire) {
        ByteBuffer messages = ByteBuffer.allocate(wire.remaining());
        while (wire.remaining() > 5 && wire.get(wire.position()) == HANDSHAKE_RECORD) {
            wire.position(wire.position() + 3);
            int length = uint16(wire);
            messages.put(take(wire, Math.min(length, wire.remaining())));
        }
        return messages.flip();
    }

    private static OfferedSignatures hello(ByteBuffer body, boolean tls13) {
        take(body, VERSION_AND_RANDOM);
        take(body, body.get() & 0xff); // session id
        boolean suites = anyEcdsaSuite(take(body, uint16(body)));
        take(body, body.get() & 0xff); // compression methods
        // Without the list any signature is as good as another (RFC 5246, 7.4.1.4.1).
        boolean signatures = true;
        ByteBuffer extensions = body.hasRemaining() ? take(body, uint16(body)) : body;
        while (extensions.hasRemaining()) {
            int type = uint16(extensions);
            ByteBuffer contents = take(extensions, uint16(extensions));
            if (type == SIGNATURE_ALGORITHMS) {
                signatures = anyEcdsaSignature(take(contents, uint16(contents)));
            } else if (type == SUPPORTED_VERSIONS) {
                suites |= tls13 && anyTls13(take(contents, contents.get() & 0xff));
            }
        }
        return new OfferedSignatures(suites && signatures);
    }

    private static boolean anyEcdsaSuite(ByteBuffer suites) {
        boolean any = false;
        while (suites.remaining() > 1) {
            any |= switch (uint16(suites)) {
                // AES-GCM, ChaCha20, and AES-CBC with SHA-1 and SHA-2.
                case 0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc00a, 0xc023, 0xc024 -> true;
                default -> false;
            };
        }
        return any;
    }

    private static boolean anyEcdsaSignature(ByteBuffer schemes) {
        boolean any = false;
        while (schemes.remaining() > 1) {
            // The second byte of 0x0403, 0x0503, 0x0603 and 0x0203.
            any |= (uint16(schemes) & 0xff) == 3;
        }
        return any;
    }

    private static boolean anyTls13(ByteBuffer versions) {
        boolean any = false;
        while (versions.remaining() > 1) {
            any |= uint16(versions) == TLS13;
        }
        return any;
    }

    private static int uint16(ByteBuffer in) {
        return in.getShort() & 0xffff;
    }

    private static ByteBuffer take(ByteBuffer in, int bytes) {
        if (bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = in.slice(in.position(), bytes);
        in.position(in.position() + bytes);
        return part;
    }
}
