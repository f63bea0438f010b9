package dev.attache.core.hpack;

/** Whether a field is worth a place in the dynamic table. */
enum Indexing {
    /** Has few values: goes in when it is seen first. */
    AT_ONCE,
    /** May have any number of values: goes in when one is seen again. */
    ON_REPEAT,
    /** Differs from message to message: stays out. */
    NOT,
    /** A secret, which could be guessed by the size of blocks: stays out on every connection to come (RFC 7541, 7.1.3). */
    NEVER
}
