package dev.attache.core.hpack;

import org.jspecify.annotations.Nullable;

/**
 * The fields of one direction of one connection, newest first: RFC 7541, 2.3.2 and 4. A ring that grows with its content.
 */
final class DynamicTable {

    /** What an entry counts beside its octets. */
    static final int OVERHEAD = 32;

    /** What a table may be as long as no settings say anything else. */
    static final int INITIAL = 4096;

    private static final int SMALLEST = 16;

    /** Name and value by turns; null where nothing is. */
    private @Nullable String[] fields = new String[2 * SMALLEST];

    private int mask = SMALLEST - 1;
    private int added;
    private int count;
    private int bytes;
    private int maxBytes;

    DynamicTable(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    static int bytes(String name, String value) {
        return name.length() + value.length() + OVERHEAD;
    }

    int count() {
        return count;
    }

    int maxBytes() {
        return maxBytes;
    }

    /** How many fields were ever added, over and over from 0: the number of the newest. */
    int added() {
        return added;
    }

    /** Slots that the ring has at present: a power of two. */
    int slots() {
        return mask + 1;
    }

    /** The name of an entry that is there; 0 is the newest. */
    String name(int age) {
        return at(2 * (added - age & mask));
    }

    /** The value of an entry that is there; 0 is the newest. */
    String value(int age) {
        return at(2 * (added - age & mask) + 1);
    }

    private String at(int place) {
        String text = fields[place];
        assert text != null;
        return text;
    }

    /** Adds a field, for which the oldest ones leave. One that is larger than the table empties it. */
    void add(String name, String value) {
        int more = bytes(name, value);
        evict(maxBytes - more);
        if (more > maxBytes) {
            return;
        }
        if (count > mask) {
            grow();
        }
        added++;
        int place = 2 * (added & mask);
        fields[place] = name;
        fields[place + 1] = value;
        count++;
        bytes += more;
    }

    /** Another size; 0 empties the table. */
    void resize(int newMaxBytes) {
        maxBytes = newMaxBytes;
        evict(newMaxBytes);
    }

    private void evict(int room) {
        while (bytes > room && count > 0) {
            count--;
            int place = 2 * (added - count & mask);
            bytes -= bytes(at(place), at(place + 1));
            fields[place] = null;
            fields[place + 1] = null;
        }
    }

    private void grow() {
        @Nullable String[] larger = new String[2 * fields.length];
        int largerMask = 2 * mask + 1;
        for (int age = 0; age < count; age++) {
            int place = 2 * (added - age & largerMask);
            larger[place] = name(age);
            larger[place + 1] = value(age);
        }
        fields = larger;
        mask = largerMask;
    }
}
