package dev.attache.core.hpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Writes strings in the {@link HuffmanCode}. */
final class HuffmanEncoder {

    /** Octets behind its result that encoding may overwrite. */
    static final int SLACK = 8;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Of each octet the code's length in the upper, the code in the lower half. */
    private static final long[] CODES = new long[HuffmanCode.EOS];

    /** Bits of each octet; far more than any text has for one that may not be sent. */
    private static final long[] COST = new long[HuffmanCode.EOS];

    private static final long FORBIDDEN = 1L << 40;

    static {
        for (int octet = 0; octet < HuffmanCode.EOS; octet++) {
            int length = HuffmanCode.length(octet);
            CODES[octet] = (long) length << 32 | HuffmanCode.code(octet);
            COST[octet] = octet == 0 || octet == '\r' || octet == '\n' ? FORBIDDEN : length;
        }
    }

    private HuffmanEncoder() {}

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
        return all > 0xFF || bits >= FORBIDDEN ? -1 : (int) Math.min(Integer.MAX_VALUE, (bits + 7) >>> 3);
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
            bits = bits << length | (code & 0xFFFF_FFFFL);
            count += length;
            if (count >= 32) {
                count -= 32;
                LONG.set(into, at, bits >>> count << 32);
                at += 4;
            }
        }
        // What is left of the last octet is the beginning of EOS, which is all ones.
        LONG.set(into, at, (bits << 32 | 0xFFFF_FFFFL) << (32 - count));
        return at + ((count + 7) >>> 3);
    }
}
