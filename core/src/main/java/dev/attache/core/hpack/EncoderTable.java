package dev.attache.core.hpack;

/**
 * The table of an encoder, which finds its own entries. Entries whose names have one hash form a chain, newest first; one
 * that has left the table ends it, so that nothing has to be taken out. Only the newest of a chain are looked at: what is
 * not found is sent as it is, which is never wrong.
 */
final class EncoderTable {

    private static final int CHAINS = 64;
    private static final int LONGEST_LOOK = 16;

    private final DynamicTable table;
    private final int[] newest = new int[CHAINS];
    private int[] older;

    EncoderTable(int maxBytes) {
        table = new DynamicTable(maxBytes);
        older = new int[table.slots()];
    }

    int maxBytes() {
        return table.maxBytes();
    }

    void resize(int maxBytes) {
        table.resize(maxBytes);
    }

    /**
     * Finds a field, or at least its name.
     *
     * @return the index of the field; the negative index of an entry of its name; 0 for neither
     */
    int find(String name, String value) {
        int named = 0;
        int number = newest[chain(name)];
        for (int i = 0; i < LONGEST_LOOK; i++) {
            int age = table.added() - number;
            if (Integer.compareUnsigned(age, table.count()) >= 0) {
                break;
            }
            if (table.name(age).equals(name)) {
                int index = StaticTable.SIZE + 1 + age;
                if (table.value(age).equals(value)) {
                    return index;
                }
                named = named == 0 ? -index : named;
            }
            number = older[number & older.length - 1];
        }
        return named;
    }

    void add(String name, String value) {
        table.add(name, value);
        if (older.length < table.slots()) {
            grow();
        }
        int chain = chain(name);
        older[table.added() & older.length - 1] = newest[chain];
        newest[chain] = table.added();
    }

    private void grow() {
        int[] larger = new int[table.slots()];
        for (int age = 1; age < table.count(); age++) {
            int number = table.added() - age;
            larger[number & larger.length - 1] = older[number & older.length - 1];
        }
        older = larger;
    }

    private static int chain(String name) {
        int hash = name.hashCode();
        return (hash ^ hash >>> 6 ^ hash >>> 16) & CHAINS - 1;
    }
}
