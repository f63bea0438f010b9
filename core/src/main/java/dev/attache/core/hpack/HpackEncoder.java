package dev.attache.core.hpack;

import dev.attache.core.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the blocks of one direction of one connection: {@link #begin}, then field by field, then the block is sent. All
 * blocks are sent in the order in which they were made; {@link #abandon} says that one is not. A block is made by one thread
 * at a time, and {@link #setPeerLimit} is not called meanwhile.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7541.html">RFC 7541</a>
 */
public final class HpackEncoder {

    // How the representations of RFC 7541, 6 begin.
    private static final int INDEXED = 0x80;
    private static final int ADDED = 0x40;
    private static final int SIZE_UPDATE = 0x20;
    private static final int NEVER_INDEXED = 0x10;
    private static final int NOT_INDEXED = 0;

    private static final int REMEMBERED = 128;

    private final int maxTableSize;
    private final EncoderTable table;
    private long peerLimit = DynamicTable.INITIAL;

    /** The smallest size that the table was given since the last block. */
    private int smallest = Integer.MAX_VALUE;

    private boolean updateDue;

    /** Hashes of fields that were sent and may come again: pairs, of which each keeps its last two. */
    private final int[] seen = new int[REMEMBERED];

    /**
     * The encoder of a new connection.
     *
     * @param maxTableSize the most bytes of a table that we use, whatever the peer allows; 0 or more
     */
    public HpackEncoder(int maxTableSize) {
        this.maxTableSize = maxTableSize;
        table = new EncoderTable(DynamicTable.INITIAL);
        resize();
    }

    /** Whether a name or a value can be sent: it has no character beyond U+00FF, and no CR, LF or NUL. */
    public static boolean encodable(String text) {
        return HuffmanEncoder.length(text) >= 0;
    }

    /**
     * What the peer allows by its SETTINGS_HEADER_TABLE_SIZE; 4096 until it says so. The next block begins with what it
     * then has to be told.
     *
     * @param bytes 0 to 2^32 - 1
     */
    public void setPeerLimit(long bytes) {
        // A peer that has allowed less may insist on hearing it.
        updateDue |= bytes < peerLimit;
        peerLimit = bytes;
        resize();
    }

    private void resize() {
        int size = (int) Math.min(maxTableSize, peerLimit);
        if (size != table.maxBytes()) {
            updateDue = true;
            smallest = Math.min(smallest, size);
            table.resize(size);
        }
    }

    /** Begins a block behind what the buffer has already. */
    public void begin(BlockBuffer block) {
        if (updateDue) {
            if (smallest < table.maxBytes()) {
                block.integer(SIZE_UPDATE, 5, smallest);
            }
            block.integer(SIZE_UPDATE, 5, table.maxBytes());
            smallest = Integer.MAX_VALUE;
            updateDue = false;
        }
    }

    /**
     * The block that was begun last is not sent. What the peer knows would differ from now on, so both tables are emptied:
     * the next block says so.
     */
    public void abandon() {
        int size = table.maxBytes();
        table.resize(0);
        table.resize(size);
        smallest = 0;
        updateDue = true;
    }

    /**
     * Encodes fields as {@link #encode(String, String, BlockBuffer)} does.
     *
     * @throws IllegalArgumentException if a name or a value is not {@link #encodable}; the block is {@link #abandon
     *     abandoned} then
     */
    public void encode(Headers fields, BlockBuffer block) {
        for (int i = 0; i < fields.size(); i++) {
            encode(fields.name(i), fields.value(i), block);
        }
    }

    /**
     * Encodes a field. Its name is written in lower case.
     *
     * @throws IllegalArgumentException if the name or the value is not {@link #encodable}; the block is {@link #abandon
     *     abandoned} then
     */
    public void encode(String name, String value, BlockBuffer block) {
        KnownName known = KnownNames.find(name);
        if (known != null) {
            known(known, value, block);
            return;
        }
        String lower = LowerCase.of(name);
        KnownName knownInLowerCase = lower.equals(name) ? null : KnownNames.find(lower);
        if (knownInLowerCase != null) {
            known(knownInLowerCase, value, block);
        } else {
            repeating(null, lower, 0, value, Indexing.ON_REPEAT, block);
        }
    }

    /**
     * Encodes a field that is not put into a table here, nor by anyone who forwards it.
     *
     * @throws IllegalArgumentException as {@link #encode(String, String, BlockBuffer)}
     * @see FieldSink#neverIndexed
     */
    public void encodeNeverIndexed(String name, String value, BlockBuffer block) {
        String lower = LowerCase.of(name);
        KnownName known = KnownNames.find(lower);
        literal(NEVER_INDEXED, 4, known, lower, known == null ? 0 : known.index(), value, block);
    }

    private void known(KnownName known, String value, BlockBuffer block) {
        int same = known.indexOf(value);
        if (same > 0) {
            block.integer(INDEXED, 7, same);
            return;
        }
        String name = known.name();
        Indexing indexing = known.indexing(value);
        switch (indexing) {
            case AT_ONCE, ON_REPEAT -> repeating(known, name, known.index(), value, indexing, block);
            case NOT -> literal(NOT_INDEXED, 4, known, name, known.index(), value, block);
            case NEVER -> literal(NEVER_INDEXED, 4, known, name, known.index(), value, block);
        }
    }

    /** A field that may be in the dynamic table, or come there. */
    private void repeating(
            @Nullable KnownName known, String name, int index, String value, Indexing indexing, BlockBuffer block) {
        int found = table.find(name, value);
        if (found > 0) {
            block.integer(INDEXED, 7, found);
            return;
        }
        int nameIndex = index == 0 ? -found : index;
        if (fits(name, value) && (indexing == Indexing.AT_ONCE || isRepeated(name, value))) {
            literal(ADDED, 6, known, name, nameIndex, value, block);
            table.add(name, value);
        } else {
            literal(NOT_INDEXED, 4, known, name, nameIndex, value, block);
        }
    }

    /** One large field would drive out all the others. */
    private boolean fits(String name, String value) {
        return DynamicTable.bytes(name, value) <= table.maxBytes() / 2;
    }

    /** Two fields of one hash are taken for the same, which does no harm. */
    private boolean isRepeated(String name, String value) {
        int hash = 31 * name.hashCode() + value.hashCode();
        int pair = (hash ^ hash >>> 6 ^ hash >>> 16) & REMEMBERED - 2;
        boolean repeated = seen[pair] == hash || seen[pair + 1] == hash;
        seen[pair + 1] = seen[pair];
        seen[pair] = hash;
        return repeated;
    }

    private void literal(
            int pattern,
            int prefix,
            @Nullable KnownName known,
            String name,
            int nameIndex,
            String value,
            BlockBuffer block) {
        int valueLength = requireEncodable(value);
        int nameLength = known == null && nameIndex == 0 ? requireEncodable(name) : 0;
        block.integer(pattern, prefix, nameIndex);
        if (nameIndex == 0) {
            if (known == null) {
                block.string(name, nameLength);
            } else {
                block.put(known.literal());
            }
        }
        block.string(value, valueLength);
    }

    private int requireEncodable(String text) {
        int length = HuffmanEncoder.length(text);
        if (length < 0) {
            abandon();
            throw new IllegalArgumentException("header field: holds a character that cannot be sent");
        }
        return length;
    }
}
