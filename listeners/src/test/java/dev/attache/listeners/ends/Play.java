package dev.attache.listeners.ends;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * One stream of one peer, in either version of HTTP. What a step puts down is written with the next {@link #flush}; a
 * connection that is gone takes everything and writes nothing.
 */
interface Play {

    /** A head: the path of a POST or the status of an answer. */
    void head(String start, OptionalLong length, boolean end, boolean continued, String... namesAndValues);

    /** A beginning of a head that is never finished. */
    void halfAHead();

    /** An informational head in front of the final one. */
    void interim();

    void data(byte[] octets, boolean end);

    void trailers(String... namesAndValues);

    /** Whether this version knows such an end; it is put down with the next flush, or done at once. */
    boolean fault(Fault fault) throws IOException;

    /** Writes what was put down. */
    void flush() throws IOException;

    /** Gives all the window there is, where it was withheld; nothing in front of a client's head. */
    void openWindow();

    /** What was sent so far; complete where the end was written. */
    Message sent();

    /** What came so far. */
    Message seen();

    /** Whether the other side, or the connection, has ended the stream before its time. */
    boolean gone();

    /** Whether the stream has ended, in both directions. */
    boolean over();
}
