package dev.attache.core.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Header fields, or trailers, in their order. Names and values are octets, one character for each (ISO-8859-1), as they
 * were received; names are found whatever the case of their letters. Mutable, for one thread at a time.
 */
public final class Headers {

    private static final int USUAL_SIZE = 16;

    /** Name and value by turns. */
    private @Nullable String[] fields;

    private int size;

    /** No fields, with room for a usual head. */
    public Headers() {
        this(USUAL_SIZE);
    }

    /**
     * No fields.
     *
     * @param expectedSize fields that there is room for before more is taken; 0 or more
     */
    public Headers(int expectedSize) {
        fields = new String[2 * expectedSize];
    }

    /** Puts a field behind the others. The same name may be there already. Returns this. */
    public Headers add(String name, String value) {
        int end = 2 * size;
        if (end == fields.length) {
            fields = Arrays.copyOf(fields, Math.max(2 * USUAL_SIZE, 2 * end));
        }
        fields[end] = name;
        fields[end + 1] = value;
        size++;
        return this;
    }

    /** How many fields there are. */
    public int size() {
        return size;
    }

    /**
     * The name of a field as it was added.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= index < size()}
     */
    public String name(int index) {
        return at(index, 0);
    }

    /**
     * The value of a field.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= index < size()}
     */
    public String value(int index) {
        return at(index, 1);
    }

    /** The value of the first field of that name; null if there is none. */
    public @Nullable String get(String name) {
        int index = indexOf(name, 0);
        return index < 0 ? null : value(index);
    }

    /** Whether there is a field of that name. */
    public boolean contains(String name) {
        return indexOf(name, 0) >= 0;
    }

    /** Where the next field of that name is, not before {@code from}; -1 if there is none. */
    public int indexOf(String name, int from) {
        for (int i = from; i < size; i++) {
            if (same(at(i, 0), name)) {
                return i;
            }
        }
        return -1;
    }

    /** Removes all fields. The room stays. */
    public void clear() {
        Arrays.fill(fields, 0, 2 * size, null);
        size = 0;
    }

    /** All fields, one a line, for messages and tests. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            text.append(name(i)).append(": ").append(value(i)).append('\n');
        }
        return text.toString();
    }

    private String at(int index, int part) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("field " + index + " (expected: 0 to " + (size - 1) + ")");
        }
        String text = fields[2 * index + part];
        assert text != null;
        return text;
    }

    /** Most names are the same instances everywhere. Only letters of US-ASCII have two cases here. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(String name, String other) {
        return name == other || (name.length() == other.length() && sameLetters(name, other));
    }

    private static boolean sameLetters(String name, String other) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            char d = other.charAt(i);
            if (c != d && !((c ^ d) == 0x20 && (c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
                return false;
            }
        }
        return true;
    }
}
