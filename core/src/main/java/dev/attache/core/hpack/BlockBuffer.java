package dev.attache.core.hpack;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The octets of a block in the making; grows as needed and is used again. Whoever frames the block may put octets of its
 * own in front. For one thread at a time.
 */
public final class BlockBuffer {

    private static final int SMALLEST = 512;
    private static final int KEPT = 8 * 1024;

    private byte[] bytes = new byte[SMALLEST];
    private int length;

    /** An empty buffer. */
    public BlockBuffer() {}

    /** The octets, of which the first {@link #length} count; another array after something was added. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many octets were written. */
    public int length() {
        return length;
    }

    /** What was written, without copying; changes when this buffer is written to again. */
    public ByteBuffer written() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** Forgets what was written. An array that has become large is not kept. */
    public void clear() {
        length = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[SMALLEST];
        }
    }

    /** Adds one octet. */
    public void put(int octet) {
        reserve(1);
        bytes[length++] = (byte) octet;
    }

    /** Adds octets. */
    public void put(byte[] octets) {
        reserve(octets.length);
        System.arraycopy(octets, 0, bytes, length, octets.length);
        length += octets.length;
    }

    /**
     * Adds an integer as RFC 7541, 5.1 has it.
     *
     * @param pattern the bits in front of the prefix
     * @param prefix  bits of the first octet that belong to the integer
     */
    void integer(int pattern, int prefix, int value) {
        int limit = (1 << prefix) - 1;
        if (value < limit) {
            put(pattern | value);
            return;
        }
        put(pattern | limit);
        int rest = value - limit;
        while (rest >= 0x80) {
            put((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        put(rest);
    }

    /** Adds a string whose length in Huffman code is known, in that code if it is then shorter. */
    void string(String text, int huffmanLength) {
        int textLength = text.length();
        if (huffmanLength < textLength) {
            integer(0x80, 7, huffmanLength);
            reserve(huffmanLength + HuffmanEncoder.SLACK);
            length = HuffmanEncoder.encode(text, bytes, length);
        } else {
            integer(0, 7, textLength);
            reserve(textLength);
            length += latin1(text, bytes, length);
        }
    }

    /** That method alone copies without asking a charset. */
    @SuppressWarnings("deprecation")
    private static int latin1(String text, byte[] into, int at) {
        text.getBytes(0, text.length(), into, at);
        return text.length();
    }

    private void reserve(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
