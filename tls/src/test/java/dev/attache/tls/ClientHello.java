package dev.attache.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A ClientHello as it stands on the wire (RFC 8446, 4.1.2).
 *
 * @param suites     cipher suites by number
 * @param extensions bodies by number
 */
record ClientHello(List<Integer> suites, Map<Integer, byte[]> extensions) {

    static final int SERVER_NAME = 0;
    static final int SUPPORTED_GROUPS = 10;
    static final int ALPN = 16;
    static final int SUPPORTED_VERSIONS = 43;

    static ClientHello parse(byte[] wire) {
        ByteBuffer in = ByteBuffer.wrap(wire);
        // Record header (5), handshake header (4), version (2), random (32).
        in.position(5 + 4 + 2 + 32);
        skip(in, in.get() & 0xff);
        ByteBuffer suiteBytes = take(in, in.getShort() & 0xffff);
        List<Integer> suites = new ArrayList<>();
        while (suiteBytes.hasRemaining()) {
            suites.add(suiteBytes.getShort() & 0xffff);
        }
        skip(in, in.get() & 0xff);
        ByteBuffer all = take(in, in.getShort() & 0xffff);
        Map<Integer, byte[]> extensions = new LinkedHashMap<>();
        while (all.hasRemaining()) {
            int type = all.getShort() & 0xffff;
            byte[] body = new byte[all.getShort() & 0xffff];
            all.get(body);
            extensions.put(type, body);
        }
        return new ClientHello(suites, extensions);
    }

    boolean namesServer() {
        return extensions.containsKey(SERVER_NAME);
    }

    /** The server name. */
    String serverName() {
        byte[] body = extensions.get(SERVER_NAME);
        // List length (2), type (1), name length (2).
        return new String(body, 5, body.length - 5, StandardCharsets.US_ASCII);
    }

    /** Numbers of the groups. */
    List<Integer> groups() {
        ByteBuffer body = ByteBuffer.wrap(extensions.get(SUPPORTED_GROUPS)).position(2);
        List<Integer> groups = new ArrayList<>();
        while (body.hasRemaining()) {
            groups.add(body.getShort() & 0xffff);
        }
        return groups;
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
