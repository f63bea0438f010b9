package dev.attache.core.grpcstats;

import java.nio.ByteBuffer;

/**
 * Finds the ends of messages in the bytes of a call, part by part and without a copy: each has one byte of flags and four
 * of length before it. For one thread.
 */
final class MessageFrames {

    private static final int PREFIX = 5;

    private int prefixLeft = PREFIX;
    private long length;

    /** Looks at one more part, which is not consumed; returns how many messages end in it. */
    int ended(ByteBuffer part) {
        int messages = 0;
        int at = part.position();
        int end = part.limit();
        while (at < end) {
            if (prefixLeft > 0) {
                // The flags are shifted out by the four bytes that follow.
                length = (length << 8 | (part.get(at++) & 0xff)) & 0xffffffffL;
                prefixLeft--;
            } else {
                long taken = Math.min(length, end - at);
                at += (int) taken;
                length -= taken;
            }
            if (prefixLeft == 0 && length == 0) {
                messages++;
                prefixLeft = PREFIX;
            }
        }
        return messages;
    }
}
