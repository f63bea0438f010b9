package dev.attache.core.hpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The Huffman code of RFC 7541, appendix B. It is canonical: shorter codes come first, and those of one length follow the
 * order of their octets. So the lengths are the whole code.
 *
 * <p>Decoding looks at the next {@value #ROOT_BITS} bits at once, which a table turns into two octets where both of their
 * codes are whole in them, as those of most text are, else into one. A longer code is found by its place among the codes
 * of its length.
 */
final class Huffman {

    /** Octets behind its result that encoding, or decoding, may overwrite. */
    static final int SLACK = 8;

    private static final int EOS = 256;
    private static final int LONGEST = 30;
    private static final int ROOT_BITS = 12;

    // Of the octets 0 to 255 and of EOS.
    private static final byte[] LENGTHS = {
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, //
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, //
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, //
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, //
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, //
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, //
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, //
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, //
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, //
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, //
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, //
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, //
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, //
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, //
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, //
        30
    };

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Of each octet the code's length in the upper, the code in the lower half. */
    private static final long[] CODES = new long[EOS + 1];

    /** Bits of each octet; far more than any text has for one that may not be sent. */
    private static final long[] COST = new long[EOS];

    private static final long FORBIDDEN = 1L << 40;

    /** The octets and EOS in the order of their codes, and of each length where its codes begin. */
    private static final short[] SORTED = new short[EOS + 1];

    private static final int[] OFFSET = new int[LONGEST + 1];

    /** Of each length its first code, and the first code beyond it at the left of 32 bits. */
    private static final int[] FIRST = new int[LONGEST + 1];

    private static final long[] BEYOND = new long[LONGEST + 1];

    /** By the next bits what they begin with, as {@link #entry} puts it; 0 where the code is longer. */
    private static final int[] ROOT = new int[1 << ROOT_BITS];

    static {
        int code = 0;
        int sorted = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code <<= 1;
            FIRST[length] = code;
            OFFSET[length] = sorted;
            for (short symbol = 0; symbol <= EOS; symbol++) {
                if (LENGTHS[symbol] == length) {
                    SORTED[sorted++] = symbol;
                    CODES[symbol] = (long) length << 32 | code;
                    code++;
                }
            }
            BEYOND[length] = (long) code << (32 - length);
        }
        for (int octet = 0; octet < EOS; octet++) {
            COST[octet] = octet == 0 || octet == '\r' || octet == '\n' ? FORBIDDEN : LENGTHS[octet];
            root(octet);
        }
    }

    private static void root(int octet) {
        int free = ROOT_BITS - LENGTHS[octet];
        if (free < 0) {
            return;
        }
        int from = (int) CODES[octet] << free;
        Arrays.fill(ROOT, from, from + (1 << free), entry(octet, LENGTHS[octet]));
        for (int second = 0; second < EOS; second++) {
            int rest = free - LENGTHS[second];
            if (rest >= 0) {
                int both = from + ((int) CODES[second] << rest);
                int entry = entry(octet, LENGTHS[octet]) + (1 << 26) + (LENGTHS[second] << 16) + (second << 8);
                Arrays.fill(ROOT, both, both + (1 << rest), entry);
            }
        }
    }

    /** From the right: two octets, the bits of both, the bits of the first, how many octets these are. */
    private static int entry(int octet, int length) {
        return 1 << 26 | length << 21 | length << 16 | octet;
    }

    private Huffman() {}

    /**
     * How many octets a text is in this code; -1 if it holds a character beyond U+00FF, or CR, LF or NUL, none of which may
     * be sent.
     */
    static int length(String text) {
        long bits = 0;
        int all = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            all |= c;
            bits += COST[c & 0xFF];
        }
        return all > 0xFF || bits >= FORBIDDEN ? -1 : (int) Math.min(Integer.MAX_VALUE, bits + 7 >>> 3);
    }

    /**
     * Writes a text of which the length is known and fits, with {@link #SLACK} octets to spare.
     *
     * @return where it ends
     */
    static int encode(String text, byte[] into, int from) {
        int at = from;
        long bits = 0;
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            long code = CODES[text.charAt(i)];
            int length = (int) (code >>> 32);
            bits = bits << length | code & 0xFFFF_FFFFL;
            count += length;
            if (count >= 32) {
                count -= 32;
                LONG.set(into, at, bits >>> count << 32);
                at += 4;
            }
        }
        // What is left of the last octet is the beginning of EOS, which is all ones.
        LONG.set(into, at, (bits << 32 | 0xFFFF_FFFFL) << 32 - count);
        return at + (count + 7 >>> 3);
    }

    /** Octets that a code of that many octets can become at most. */
    static int mostDecoded(int length) {
        return (int) Math.min(Integer.MAX_VALUE - SLACK, length * 8L / 5);
    }

    /** Octets that a code of that many octets becomes at least. */
    static int leastDecoded(int length) {
        return (int) ((length * 8L - 7) / LONGEST);
    }

    /**
     * Reads a whole string.
     *
     * @param into has room for {@link #mostDecoded}, and {@link #SLACK} octets to spare
     * @return how many octets it is
     */
    static int decode(byte[] bytes, int from, int end, byte[] into) throws HpackException {
        int at = from;
        int written = 0;
        long bits = 0; // The next ones at the left.
        int count = 0;
        while (true) {
            if (end - at >= Long.BYTES) {
                bits |= (long) LONG.get(bytes, at) >>> count;
                at += 63 - count >>> 3;
                count |= 56;
            } else {
                while (at < end && count <= 56) {
                    bits |= (bytes[at++] & 0xFFL) << 56 - count;
                    count += 8;
                }
                if (count < LONGEST) {
                    break;
                }
            }
            do {
                int found = find(bits);
                SHORT.set(into, written, (short) found);
                written += found >>> 26;
                int length = found >>> 16 & 0x1F;
                bits <<= length;
                count -= length;
            } while (count >= LONGEST);
        }
        while (count > 0) {
            int found = find(bits);
            int length = found >>> 21 & 0x1F;
            if (length > count) {
                padding(bits, count);
                break;
            }
            into[written++] = (byte) found;
            bits <<= length;
            count -= length;
        }
        return written;
    }

    private static int find(long bits) throws HpackException {
        int found = ROOT[(int) (bits >>> 64 - ROOT_BITS)];
        return found == 0 ? longer(bits) : found;
    }

    /** A code that is longer than the table knows. */
    private static int longer(long bits) throws HpackException {
        long next = bits >>> 32;
        int length = ROOT_BITS + 1;
        while (next >= BEYOND[length]) {
            length++;
        }
        int symbol = SORTED[OFFSET[length] + (int) (next >>> 32 - length) - FIRST[length]];
        if (symbol == EOS) {
            throw HpackException.compression("Huffman code: EOS within a string");
        }
        return entry(symbol, length);
    }

    /** What remains is shorter than any code that begins so. */
    private static void padding(long bits, int count) throws HpackException {
        if (count > 7) {
            throw HpackException.compression("Huffman code: ends with " + count + " bits of no octet (expected: 7 at most)");
        }
        if (bits >>> 64 - count != (1 << count) - 1) {
            throw HpackException.compression("Huffman code: padding is not all ones");
        }
    }
}
