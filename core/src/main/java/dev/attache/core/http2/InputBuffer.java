package dev.attache.core.http2;

import dev.attache.core.net.TransportSocket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What was read of one connection and not parsed yet. Holds 1 KiB while little comes, and a large buffer that goes round
 * while there is much, or a frame that is larger. For the reading thread.
 */
final class InputBuffer {

    /** All that an idle connection holds. */
    private static final int SMALL = 1024;

    /** With less room than this, the next read would hardly bring anything. */
    private static final int LEAST_ROOM = 256;

    private final ByteBuffer small = ByteBuffer.allocate(SMALL).limit(0);
    private ByteBuffer current = small;
    private boolean filledToTheBrim;

    /** What has been read, from position to limit; whoever parses it moves the position. */
    ByteBuffer content() {
        return current;
    }

    /** Adds what has been read elsewhere. */
    void put(ByteBuffer arrived) {
        int size = current.remaining() + arrived.remaining();
        enlarge(Math.max(size, FrameParser.roomNeeded()));
        current.put(arrived).flip();
    }

    /** Waits for more. Returns how much there was; -1 at the end. */
    int fill(TransportSocket socket) throws IOException {
        if (!current.hasRemaining()) {
            release();
            if (filledToTheBrim) {
                current = BufferPool.INPUT.take(Math.max(FrameParser.roomNeeded(), socket.readSize()));
            }
            current.clear();
        } else if (current.capacity() < FrameParser.roomNeeded()
                && (filledToTheBrim || current.capacity() - current.remaining() < LEAST_ROOM)) {
            enlarge(FrameParser.roomNeeded());
        } else {
            current.compact();
        }
        int n = -1;
        try {
            n = socket.read(current);
            return n;
        } finally {
            filledToTheBrim = !current.hasRemaining();
            current.flip();
        }
    }

    /** Leaves the buffer ready to be added to. */
    private void enlarge(int size) {
        ByteBuffer larger = BufferPool.INPUT.take(size);
        larger.put(current);
        release();
        current = larger;
    }

    /** Gives the large buffer back, with what is left in it. */
    void release() {
        BufferPool.INPUT.give(current);
        current = small.clear().limit(0);
    }
}
