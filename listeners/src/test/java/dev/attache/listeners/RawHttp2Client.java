package dev.attache.listeners;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames of HTTP/2, sent and read one by one, over a clear-text socket with a small receive buffer. */
final class RawHttp2Client implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int END_STREAM = 1;
    static final int ACK = 1;

    private static final int END_HEADERS = 4;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
    private static final int DEFAULT_WINDOW = 65_535;
    private static final int PATIENCE_MILLIS = 30_000;

    /** A frame as it came. */
    record Frame(int type, int flags, int stream, byte[] payload) {

        boolean is(int expectedType, int flag) {
            return type == expectedType && (flags & flag) != 0;
        }
    }

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;

    /** Connects, and lets the server send as much as it likes. */
    RawHttp2Client(InetSocketAddress server) throws IOException {
        socket.setReceiveBufferSize(8 * 1024);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(server);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort((short) INITIAL_WINDOW_SIZE)
                        .putInt(LARGEST_WINDOW)
                        .array());
        send(
                WINDOW_UPDATE,
                0,
                0,
                ByteBuffer.allocate(4).putInt(LARGEST_WINDOW - DEFAULT_WINDOW).array());
    }

    /** A request without a body. */
    void get(int stream, String path) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(0x82); // :method GET
        head.write(0x86); // :scheme http
        literal(head, 4, path);
        literal(head, 1, "localhost");
        send(HEADERS, END_HEADERS | END_STREAM, stream, head.toByteArray());
    }

    /** A field of the static table with a value of its own, not indexed. */
    private static void literal(ByteArrayOutputStream head, int name, String value) {
        head.write(name);
        head.write(value.length());
        head.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    void ping(long payload) throws IOException {
        send(PING, 0, 0, ByteBuffer.allocate(8).putLong(payload).array());
    }

    /** Says that no more requests come. */
    void goAway() throws IOException {
        send(GOAWAY, 0, 0, new byte[8]);
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload);
        out.write(frame.array());
    }

    Frame read() throws IOException {
        int lengthAndType = in.readInt();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[lengthAndType >>> 8];
        in.readFully(payload);
        return new Frame(lengthAndType & 0xff, flags, stream, payload);
    }

    /** Reads on to the next such frame. */
    Frame readUntil(int type, int flag) throws IOException {
        Frame frame = read();
        while (!frame.is(type, flag)) {
            frame = read();
        }
        return frame;
    }

    /** Ends the own side only. */
    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Breaks off with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
