package dev.attache.core.hpack;

/**
 * Takes the fields of a block in their order. Does not throw: a block is decoded to its end, whatever is thought of its
 * fields, or the tables of the two ends differ.
 */
@FunctionalInterface
public interface FieldSink {

    /**
     * One field. Octets as ISO-8859-1, none replaced and none judged: a name may be empty or illegal.
     *
     * @param name the same instance at all times for a well-known name, so that {@code ==} finds it
     */
    void field(String name, String value);

    /**
     * One field whose sender forbids to put it into a table, on this connection or on the next; a proxy that forwards
     * it encodes it as {@link HpackEncoder#encodeNeverIndexed}. Like any other unless this is overridden.
     */
    default void neverIndexed(String name, String value) {
        field(name, value);
    }
}
