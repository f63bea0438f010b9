package dev.attache.core.hpack;

import java.util.Arrays;

/**
 * A name that is met often.
 *
 * @param name       the one instance of it
 * @param index      its first place in the static table; 0 if it has none
 * @param values     the values that the static table has for it, from there on
 * @param indexing   whether its fields are worth a place in the dynamic table
 * @param brief      whether a value below {@value #SECRET_LENGTH} characters is a secret that could be guessed
 * @param literal    the name as a literal, with its length in front
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, written by nobody.
record KnownName(String name, int index, String[] values, Indexing indexing, boolean brief, byte[] literal) {

    private static final int SECRET_LENGTH = 20;

    static KnownName of(String name, Indexing indexing) {
        boolean brief = name.equals("cookie") || name.equals("set-cookie");
        int index = StaticTable.first(name);
        BlockBuffer literal = new BlockBuffer();
        literal.string(name, HuffmanEncoder.length(name));
        byte[] octets = Arrays.copyOf(literal.bytes(), literal.length());
        return new KnownName(name, index, StaticTable.values(index), indexing, brief, octets);
    }

    /** Where the static table has a field of this name and value; 0 if it has not. */
    int indexOf(String value) {
        for (int i = 0; i < values.length; i++) {
            if (values[i].equals(value)) {
                return index + i;
            }
        }
        return 0;
    }

    Indexing indexing(String value) {
        return brief && value.length() < SECRET_LENGTH ? Indexing.NEVER : indexing;
    }
}
