package dev.attache.core.hpack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Decodes the blocks of one direction of one connection, in the order in which they come. Delivers octets as they are and
 * judges nothing but the compression. After an exception the connection is to be closed: what this decoder knows is then
 * no longer what the peer knows. For one thread at a time.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7541.html">RFC 7541</a>
 */
public final class HpackDecoder {

    private static final int DEFAULT_MAX_DECODED_BYTES = 1024 * 1024;
    private static final int MOST_UPDATES = 2;
    private static final int MOST_CONTINUATIONS = 5;
    private static final int KEPT_SCRATCH = 4096;
    private static final byte[] NONE = new byte[0];

    private final int maxTableSize;
    private final int maxDecodedBytes;
    private final DynamicTable table = new DynamicTable(DynamicTable.INITIAL);

    /** What an update may say: the larger of ours and the initial one as long as the peer may not know ours. */
    private int updateLimit;

    private byte[] scratch = NONE;

    // Of the block that is decoded.
    private byte[] bytes = NONE;
    private int at;
    private int end;
    private long room;

    // The string that was read last.
    private byte[] text = NONE;
    private int textFrom;
    private int textLength;

    /** As {@link #HpackDecoder(int, int)}, with blocks of up to 1 MiB decoded. */
    public HpackDecoder(int maxTableSize) {
        this(maxTableSize, DEFAULT_MAX_DECODED_BYTES);
    }

    /**
     * The decoder of a new connection. Its table has the initial 4096 bytes until the peer says another size.
     *
     * @param maxTableSize    bytes of a table that we allow: our SETTINGS_HEADER_TABLE_SIZE; 0 or more
     * @param maxDecodedBytes what a block may be decoded: name, value and 32 of each field
     */
    public HpackDecoder(int maxTableSize, int maxDecodedBytes) {
        this.maxTableSize = maxTableSize;
        this.maxDecodedBytes = maxDecodedBytes;
        updateLimit = Math.max(maxTableSize, DynamicTable.INITIAL);
    }

    /**
     * The peer has acknowledged our settings. A table that is larger than they allow has to be made smaller at the
     * beginning of the next block; until here the peer could not know.
     */
    public void limitAcknowledged() {
        updateLimit = maxTableSize;
    }

    /**
     * Decodes a whole block, which is read to its end. Fields that come before an error were delivered already.
     *
     * @throws HpackException if the block breaks the compression, or is larger than allowed
     */
    public void decode(ByteBuffer block, FieldSink sink) throws HpackException {
        begin(block);
        try {
            int octet = updates();
            while (octet >= 0) {
                if (octet >= 0x80) {
                    indexed(integer(octet, 0x7F), sink);
                } else if (octet >= 0x40) {
                    String name = name(integer(octet, 0x3F));
                    String value = value();
                    take(name, value);
                    table.add(name, value);
                    sink.field(name, value);
                } else if (octet >= 0x20) {
                    throw HpackException.compression("size update behind the beginning of a block");
                } else {
                    String name = name(integer(octet, 0x0F));
                    String value = value();
                    take(name, value);
                    if (octet >= 0x10) {
                        sink.neverIndexed(name, value);
                    } else {
                        sink.field(name, value);
                    }
                }
                octet = next();
            }
        } finally {
            done();
        }
    }

    private void begin(ByteBuffer block) {
        room = maxDecodedBytes;
        if (block.hasArray()) {
            bytes = block.array();
            at = block.arrayOffset() + block.position();
            end = block.arrayOffset() + block.limit();
            block.position(block.limit());
        } else {
            bytes = new byte[block.remaining()];
            at = 0;
            end = bytes.length;
            block.get(bytes);
        }
    }

    /** Neither the block nor what was large is kept. */
    private void done() {
        bytes = NONE;
        text = NONE;
        if (scratch.length > KEPT_SCRATCH) {
            scratch = NONE;
        }
    }

    /** The next octet; -1 at the end. */
    private int next() {
        return at < end ? bytes[at++] & 0xFF : -1;
    }

    /** Reads the size updates. Returns the octet behind them; -1 if there is none. */
    private int updates() throws HpackException {
        int octet = next();
        int updates = 0;
        while (octet >= 0x20 && octet < 0x40) {
            int size = integer(octet, 0x1F);
            if (size > updateLimit) {
                throw HpackException.compression("size update: " + size + " (expected: " + updateLimit + " at most)");
            }
            if (++updates > MOST_UPDATES) {
                throw HpackException.compression("more than " + MOST_UPDATES + " size updates");
            }
            table.resize(size);
            octet = next();
        }
        if (table.maxBytes() > updateLimit) {
            throw HpackException.compression("no size update to the acknowledged " + updateLimit);
        }
        return octet;
    }

    private void indexed(int index, FieldSink sink) throws HpackException {
        String name;
        String value;
        if (index > StaticTable.SIZE) {
            int age = age(index);
            name = table.name(age);
            value = table.value(age);
        } else if (index > 0) {
            name = StaticTable.name(index);
            value = StaticTable.value(index);
        } else {
            throw HpackException.compression("index 0");
        }
        take(name, value);
        sink.field(name, value);
    }

    private int age(int index) throws HpackException {
        int age = index - StaticTable.SIZE - 1;
        if (age >= table.count()) {
            throw HpackException.compression(
                    "index " + index + " (expected: " + (StaticTable.SIZE + table.count()) + " at most)");
        }
        return age;
    }

    private String name(int index) throws HpackException {
        if (index > StaticTable.SIZE) {
            return table.name(age(index));
        }
        if (index > 0) {
            return StaticTable.name(index);
        }
        string();
        KnownName known = KnownNames.find(text, textFrom, textLength);
        return known == null ? latin1() : known.name();
    }

    private String value() throws HpackException {
        string();
        return textLength == 0 ? "" : latin1();
    }

    private String latin1() {
        return new String(text, textFrom, textLength, StandardCharsets.ISO_8859_1);
    }

    private void take(String name, String value) throws HpackException {
        room -= name.length() + (long) value.length() + DynamicTable.OVERHEAD;
        if (room < 0) {
            throw tooLarge();
        }
    }

    private HpackException tooLarge() {
        return new HpackException(
                HpackException.Kind.TOO_LARGE, "fields of a block: more than " + maxDecodedBytes + " bytes decoded");
    }

    /** RFC 7541, 5.1. More octets than the largest number takes are an error even if they say nothing. */
    private int integer(int octet, int limit) throws HpackException {
        int prefix = octet & limit;
        if (prefix < limit) {
            return prefix;
        }
        long value = limit;
        for (int i = 0; i < MOST_CONTINUATIONS; i++) {
            int more = next();
            if (more < 0) {
                throw HpackException.compression("integer: cut short by the end of the block");
            }
            value += (long) (more & 0x7F) << (7 * i);
            if (value > Integer.MAX_VALUE) {
                throw HpackException.compression("integer: larger than " + Integer.MAX_VALUE);
            }
            if (more < 0x80) {
                return (int) value;
            }
        }
        throw HpackException.compression("integer: more than " + (MOST_CONTINUATIONS + 1) + " octets");
    }

    /** Reads a string, where it is or into the scratch. */
    private void string() throws HpackException {
        int octet = next();
        if (octet < 0) {
            throw HpackException.compression("string: cut short by the end of the block");
        }
        int length = integer(octet, 0x7F);
        if (length > end - at) {
            throw HpackException.compression("string of " + length + " octets, of which the block has " + (end - at));
        }
        if (octet >= 0x80) {
            huffman(length);
        } else {
            text = bytes;
            textFrom = at;
            textLength = length;
        }
        at += length;
        if (textLength > room) {
            throw tooLarge();
        }
    }

    private void huffman(int length) throws HpackException {
        if (HuffmanDecoder.leastDecoded(length) > room) {
            throw tooLarge();
        }
        int most = HuffmanDecoder.mostDecoded(length) + HuffmanDecoder.SLACK;
        if (most > scratch.length) {
            scratch = new byte[Math.max(most, 256)];
        }
        textLength = HuffmanDecoder.decode(bytes, at, at + length, scratch);
        text = scratch;
        textFrom = 0;
    }
}
