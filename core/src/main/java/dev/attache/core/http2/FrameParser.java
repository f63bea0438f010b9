package dev.attache.core.http2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Octets to frames. Never waits and knows no sockets: it is given what has arrived and leaves the beginning of what has
 * not. The content of DATA is handed on as it comes; every other frame when it is complete. For one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-4">RFC 9113, 4 and 6</a>
 */
final class FrameParser {

    /** What a client begins with. */
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The largest header block that is decoded, in octets as they came. */
    static final int MOST_BLOCK_BYTES = 256 * 1024;

    /** A block of the largest size needs a quarter of these. */
    private static final int MOST_FRAGMENTS = 64;

    private static final int PRIORITY_BYTES = 5;
    private static final int RESET_BYTES = 4;
    private static final int SETTING_BYTES = 6;
    private static final int PING_BYTES = 8;
    private static final int LEAST_GOAWAY_BYTES = 8;
    private static final int WINDOW_BYTES = 4;

    private final FrameHandler handler;
    private int prefaceSeen;
    private boolean settingsSeen;

    // The DATA frame that is under way.
    private boolean inData;
    private int contentLeft;
    private int paddingLeft;

    // The header block that is under way: on stream 0 none is.
    private int blockStream;
    private boolean blockEndsStream;
    private int blockDependsOn;
    private int fragments;
    private byte[] block = {};
    private int blockSize;

    /** A parser at the beginning of a connection; {@code preface} where the peer is a client. */
    FrameParser(FrameHandler handler, boolean preface) {
        this.handler = handler;
        this.prefaceSeen = preface ? 0 : PREFACE.length;
    }

    /** Takes all that is complete from {@code in}. */
    void parse(ByteBuffer in) throws ConnectionException {
        if (!takePreface(in)) {
            return;
        }
        while (in.hasRemaining()) {
            if (inData) {
                takeData(in);
            } else if (!takeFrame(in)) {
                return;
            }
        }
    }

    /** Octets that {@code in} must have room for, so that {@link #parse} can go on with what it has left there. */
    static int roomNeeded() {
        return Frames.HEADER_BYTES + Frames.MAX_PAYLOAD;
    }

    private boolean takePreface(ByteBuffer in) throws ConnectionException {
        while (prefaceSeen < PREFACE.length) {
            if (!in.hasRemaining()) {
                return false;
            }
            if (in.get() != PREFACE[prefaceSeen]) {
                throw new ConnectionException(ErrorCode.PROTOCOL_ERROR, "invalid connection preface");
            }
            prefaceSeen++;
        }
        return true;
    }

    /** Returns whether there was a frame, or the beginning of a DATA frame. */
    private boolean takeFrame(ByteBuffer in) throws ConnectionException {
        if (in.remaining() < Frames.HEADER_BYTES) {
            return false;
        }
        int at = in.position();
        int word = in.getInt(at);
        int length = word >>> 8;
        int type = word & 0xff;
        int flags = in.get(at + 4);
        int stream = in.getInt(at + 5) & Integer.MAX_VALUE;
        checkPlace(type, flags, stream, length);
        int whole = Frames.HEADER_BYTES + length;
        if (type == Frames.DATA) {
            return beginData(in, length, flags, stream);
        }
        if (in.remaining() < whole) {
            return false;
        }
        in.position(at + whole);
        payload(type, flags, stream, in.slice(at + Frames.HEADER_BYTES, length));
        return true;
    }

    private void checkPlace(int type, int flags, int stream, int length) throws ConnectionException {
        if (length > Frames.MAX_PAYLOAD) {
            throw new ConnectionException(
                    ErrorCode.FRAME_SIZE_ERROR,
                    "frame of " + length + " octets (expected: at most " + Frames.MAX_PAYLOAD + ")");
        }
        if (!settingsSeen) {
            if (type != Frames.SETTINGS || (flags & Frames.ACK) != 0) {
                throw protocolError("the first frame is not SETTINGS");
            }
            settingsSeen = true;
        }
        if (blockStream != 0 && (type != Frames.CONTINUATION || stream != blockStream)) {
            throw protocolError("frame of type " + type + " within a header block");
        }
        boolean ofConnection = type == Frames.SETTINGS || type == Frames.PING || type == Frames.GOAWAY;
        boolean ofStream = type <= Frames.RST_STREAM || type == Frames.CONTINUATION;
        if (ofConnection && stream != 0) {
            throw protocolError("frame of type " + type + " on stream " + stream + " (expected: on the connection)");
        }
        if (ofStream && stream == 0) {
            throw protocolError("frame of type " + type + " on no stream");
        }
    }

    private boolean beginData(ByteBuffer in, int length, int flags, int stream) throws ConnectionException {
        boolean padded = (flags & Frames.PADDED) != 0;
        int padding = 0;
        if (padded) {
            if (length == 0) {
                throw new ConnectionException(ErrorCode.FRAME_SIZE_ERROR, "padded DATA without the padding's length");
            }
            if (in.remaining() <= Frames.HEADER_BYTES) {
                return false;
            }
            padding = in.get(in.position() + Frames.HEADER_BYTES) & 0xff;
            checkPadding(padding, length - 1);
        }
        in.position(in.position() + Frames.HEADER_BYTES + (padded ? 1 : 0));
        inData = true;
        paddingLeft = padding;
        contentLeft = length - padding - (padded ? 1 : 0);
        handler.dataBegins(stream, length, contentLeft, (flags & Frames.END_STREAM) != 0);
        takeData(in);
        return true;
    }

    private void takeData(ByteBuffer in) throws ConnectionException {
        if (contentLeft > 0 && in.hasRemaining()) {
            int n = Math.min(contentLeft, in.remaining());
            ByteBuffer part = in.slice(in.position(), n);
            in.position(in.position() + n);
            contentLeft -= n;
            handler.data(part);
        }
        if (contentLeft == 0) {
            int n = Math.min(paddingLeft, in.remaining());
            in.position(in.position() + n);
            paddingLeft -= n;
            if (paddingLeft == 0) {
                inData = false;
                handler.dataEnds();
            }
        }
    }

    private static void checkPadding(int padding, int room) throws ConnectionException {
        if (padding > room) {
            throw protocolError("padding of " + padding + " octets in a payload of " + room);
        }
    }

    private void payload(int type, int flags, int stream, ByteBuffer payload) throws ConnectionException {
        switch (type) {
            case Frames.HEADERS -> headers(flags, stream, payload);
            case Frames.CONTINUATION -> continuation(flags, stream, payload);
            case Frames.PRIORITY -> priority(stream, payload);
            case Frames.RST_STREAM -> {
                checkSize("RST_STREAM", payload, RESET_BYTES);
                handler.reset(stream, payload.getInt());
            }
            case Frames.SETTINGS -> settings(flags, payload);
            case Frames.PUSH_PROMISE -> throw protocolError("PUSH_PROMISE, which nobody asked for");
            case Frames.PING -> {
                checkSize("PING", payload, PING_BYTES);
                handler.ping(payload.getLong(), (flags & Frames.ACK) != 0);
            }
            case Frames.GOAWAY -> {
                if (payload.remaining() < LEAST_GOAWAY_BYTES) {
                    throw sizeError("GOAWAY", payload.remaining(), "at least " + LEAST_GOAWAY_BYTES);
                }
                handler.goAway(payload.getInt() & Integer.MAX_VALUE, payload.getInt());
            }
            case Frames.WINDOW_UPDATE -> {
                checkSize("WINDOW_UPDATE", payload, WINDOW_BYTES);
                handler.windowUpdate(stream, payload.getInt() & Integer.MAX_VALUE);
            }
            default -> handler.suspect("frame of type " + type);
        }
    }

    private void headers(int flags, int stream, ByteBuffer payload) throws ConnectionException {
        int padding = 0;
        if ((flags & Frames.PADDED) != 0) {
            if (!payload.hasRemaining()) {
                throw new ConnectionException(
                        ErrorCode.FRAME_SIZE_ERROR, "padded HEADERS without the padding's length");
            }
            padding = payload.get() & 0xff;
        }
        int dependsOn = -1;
        if ((flags & Frames.PRIORITY_FLAG) != 0) {
            if (payload.remaining() < PRIORITY_BYTES) {
                throw sizeError("priority of HEADERS", payload.remaining(), String.valueOf(PRIORITY_BYTES));
            }
            dependsOn = payload.getInt() & Integer.MAX_VALUE;
            payload.get();
        }
        checkPadding(padding, payload.remaining());
        payload.limit(payload.limit() - padding);
        boolean endStream = (flags & Frames.END_STREAM) != 0;
        if ((flags & Frames.END_HEADERS) != 0) {
            handler.headers(stream, payload, endStream, dependsOn);
            return;
        }
        blockStream = stream;
        blockEndsStream = endStream;
        blockDependsOn = dependsOn;
        fragments = 0;
        blockSize = 0;
        append(payload);
    }

    private void continuation(int flags, int stream, ByteBuffer payload) throws ConnectionException {
        if (blockStream == 0) {
            throw protocolError("CONTINUATION outside of a header block");
        }
        if (!payload.hasRemaining()) {
            handler.suspect("empty CONTINUATION");
        }
        fragments++;
        append(payload);
        if ((flags & Frames.END_HEADERS) != 0) {
            blockStream = 0;
            ByteBuffer whole = ByteBuffer.wrap(block, 0, blockSize);
            block = new byte[0];
            handler.headers(stream, whole, blockEndsStream, blockDependsOn);
        }
    }

    private void append(ByteBuffer fragment) throws ConnectionException {
        int size = blockSize + fragment.remaining();
        if (size > MOST_BLOCK_BYTES || fragments > MOST_FRAGMENTS) {
            throw new ConnectionException(
                    ErrorCode.ENHANCE_YOUR_CALM,
                    "header block of more than "
                            + (size > MOST_BLOCK_BYTES ? MOST_BLOCK_BYTES + " octets" : MOST_FRAGMENTS + " fragments"));
        }
        if (block.length < size) {
            block = Arrays.copyOf(block, Math.max(size, 2 * block.length));
        }
        int n = fragment.remaining();
        fragment.get(block, blockSize, n);
        blockSize += n;
    }

    private void priority(int stream, ByteBuffer payload) throws ConnectionException {
        if (payload.remaining() == PRIORITY_BYTES) {
            handler.priority(stream, payload.getInt() & Integer.MAX_VALUE);
        } else {
            handler.malformedPriority(stream);
        }
    }

    private void settings(int flags, ByteBuffer payload) throws ConnectionException {
        if ((flags & Frames.ACK) != 0) {
            checkSize("acknowledgement of SETTINGS", payload, 0);
            handler.settingsAcknowledged();
            return;
        }
        if (payload.remaining() % SETTING_BYTES != 0) {
            throw sizeError("SETTINGS", payload.remaining(), "a multiple of " + SETTING_BYTES);
        }
        handler.settings(payload);
    }

    private static void checkSize(String what, ByteBuffer payload, int expected) throws ConnectionException {
        if (payload.remaining() != expected) {
            throw sizeError(what, payload.remaining(), String.valueOf(expected));
        }
    }

    private static ConnectionException sizeError(String what, int found, String expected) {
        return new ConnectionException(
                ErrorCode.FRAME_SIZE_ERROR, what + " of " + found + " octets (expected: " + expected + ")");
    }

    private static ConnectionException protocolError(String words) {
        return new ConnectionException(ErrorCode.PROTOCOL_ERROR, words);
    }
}
