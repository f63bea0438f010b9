package dev.attache.core.hpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads strings in the {@link HuffmanCode}. Looks at the next {@value #ROOT_BITS} bits at once, which a table turns into two
 * octets where both of their codes are whole in them, as those of most text are, else into one. A longer code is found by
 * its place among the codes of its length.
 */
final class HuffmanDecoder {

    /** Octets behind its result that decoding may overwrite. */
    static final int SLACK = 1;

    private static final int ROOT_BITS = 12;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** By the next bits what they begin with, as {@link #entry} puts it; 0 where the code is longer. */
    private static final int[] ROOT = new int[1 << ROOT_BITS];

    /** The octets and EOS in the order of their codes. */
    private static final short[] SORTED = new short[HuffmanCode.EOS + 1];

    /** Of each length what its codes are less than, at the left of 32 bits. */
    private static final long[] BEYOND = new long[HuffmanCode.LONGEST + 1];

    /** Of each length what leads from its code to the place in the order. */
    private static final int[] PLACE = new int[HuffmanCode.LONGEST + 1];

    static {
        int code = 0;
        int sorted = 0;
        for (int length = 1; length <= HuffmanCode.LONGEST; length++) {
            code <<= 1;
            PLACE[length] = sorted - code;
            for (short symbol = 0; symbol <= HuffmanCode.EOS; symbol++) {
                if (HuffmanCode.length(symbol) == length) {
                    SORTED[sorted++] = symbol;
                    code++;
                }
            }
            BEYOND[length] = (long) code << (32 - length);
        }
        for (int octet = 0; octet < HuffmanCode.EOS; octet++) {
            root(octet);
        }
    }

    private HuffmanDecoder() {}

    /** The entries that begin with an octet: alone, and where there are bits left, with each that these may begin. */
    private static void root(int first) {
        int length = HuffmanCode.length(first);
        int free = ROOT_BITS - length;
        if (free < 0) {
            return;
        }
        int alone = HuffmanCode.code(first) << free;
        Arrays.fill(ROOT, alone, alone + (1 << free), entry(1, length, length, first));
        for (int second = 0; second < HuffmanCode.EOS; second++) {
            int both = length + HuffmanCode.length(second);
            int rest = ROOT_BITS - both;
            if (rest >= 0) {
                int from = alone + (HuffmanCode.code(second) << rest);
                Arrays.fill(ROOT, from, from + (1 << rest), entry(2, length, both, first | second << 8));
            }
        }
    }

    /** How many octets these are, the bits of the first, the bits of all, the octets. */
    private static int entry(int count, int first, int all, int octets) {
        return count << 26 | first << 21 | all << 16 | octets;
    }

    /** Octets that a code of that many octets can become at most. */
    static int mostDecoded(int length) {
        return (int) Math.min(Integer.MAX_VALUE - SLACK, length * 8L / 5);
    }

    /** Octets that a code of that many octets becomes at least. */
    static int leastDecoded(int length) {
        return (int) ((length * 8L - 7) / HuffmanCode.LONGEST);
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
                at += (63 - count) >>> 3;
                count |= 56;
            } else {
                while (at < end && count <= 56) {
                    bits |= (bytes[at++] & 0xFFL) << (56 - count);
                    count += 8;
                }
                if (count < HuffmanCode.LONGEST) {
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
            } while (count >= HuffmanCode.LONGEST);
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
        int found = ROOT[(int) (bits >>> (64 - ROOT_BITS))];
        return found == 0 ? longer(bits) : found;
    }

    /** A code that is longer than the table knows. */
    private static int longer(long bits) throws HpackException {
        long next = bits >>> 32;
        int length = ROOT_BITS + 1;
        while (next >= BEYOND[length]) {
            length++;
        }
        int symbol = SORTED[PLACE[length] + (int) (next >>> (32 - length))];
        if (symbol == HuffmanCode.EOS) {
            throw HpackException.compression("Huffman code: EOS within a string");
        }
        return entry(1, length, length, symbol);
    }

    /** What remains is shorter than any code that begins so. */
    private static void padding(long bits, int count) throws HpackException {
        if (count > 7) {
            throw HpackException.compression(
                    "Huffman code: ends with " + count + " bits of no octet (expected: 7 at most)");
        }
        if (bits >>> (64 - count) != (1 << count) - 1) {
            throw HpackException.compression("Huffman code: padding is not all ones");
        }
    }
}
