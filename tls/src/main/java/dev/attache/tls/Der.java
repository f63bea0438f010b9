package dev.attache.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** As much of ASN.1's DER (X.690) as key files need: one-byte tags, definite lengths. */
final class Der {

    private Der() {}

    /** One element: tag, length, contents. */
    static byte[] encode(int tag, byte[] contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(contents.length + 6);
        out.write(tag);
        if (contents.length < 0x80) {
            out.write(contents.length);
        } else {
            int bytes = (32 - Integer.numberOfLeadingZeros(contents.length) + 7) / 8;
            out.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
                out.write(contents.length >>> shift);
            }
        }
        out.writeBytes(contents);
        return out.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Goes over the elements of a text, one level at a time. Throws IllegalArgumentException where it is not DER. */
    static final class Reader {

        private final byte[] der;
        private final int end;
        private int at;

        Reader(byte[] der) {
            this(der, 0, der.length);
        }

        private Reader(byte[] der, int from, int end) {
            this.der = der;
            this.at = from;
            this.end = end;
        }

        boolean hasMore() {
            return at < end;
        }

        /** Tag of the element ahead. */
        int tag() {
            return byteAt(at);
        }

        /** The elements inside the one ahead, which must have the given tag. */
        Reader enter(int tag) {
            if (tag() != tag) {
                throw new IllegalArgumentException("broken ASN.1");
            }
            int start = contentsStart();
            return new Reader(der, start, contentsEnd(start));
        }

        /** Contents of the element ahead. */
        byte[] contents() {
            int start = contentsStart();
            return Arrays.copyOfRange(der, start, contentsEnd(start));
        }

        /** Passes over the element ahead. */
        void skip() {
            at = contentsEnd(contentsStart());
        }

        private int contentsStart() {
            int length = byteAt(at + 1);
            return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
        }

        private int contentsEnd(int start) {
            int length = byteAt(at + 1);
            if (length >= 0x80) {
                int bytes = length & 0x7f;
                length = 0;
                for (int i = 0; i < bytes; i++) {
                    length = length << 8 | byteAt(at + 2 + i);
                    if (length < 0 || length > der.length) {
                        throw new IllegalArgumentException("broken ASN.1");
                    }
                }
            }
            if (length > end - start) {
                throw new IllegalArgumentException("broken ASN.1");
            }
            return start + length;
        }

        private int byteAt(int index) {
            if (index >= end) {
                throw new IllegalArgumentException("broken ASN.1");
            }
            return der[index] & 0xff;
        }
    }
}
