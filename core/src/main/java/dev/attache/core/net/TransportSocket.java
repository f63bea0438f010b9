package dev.attache.core.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An open connection that carries bytes both ways, plain or encrypted. Calls block the calling thread, which should be
 * a virtual one. One thread may read while another one writes; {@link #close} may be called by any thread at any time
 * and wakes both.
 */
public sealed interface TransportSocket permits PlainSocket, TlsSocket {

    /**
     * Waits for bytes.
     *
     * @return how many were put into {@code into}, at least 1; -1 at the end
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Takes what has arrived, without waiting for anything.
     *
     * @return as {@link #read}, and 0 where nothing has arrived, or while another thread uses this connection
     */
    int readNow(ByteBuffer into) throws IOException;

    /** Waits until all that is left in {@code from} is written. */
    void write(ByteBuffer from) throws IOException;

    /** Waits until all that is left in {@code from} is written, in as few parts as possible. */
    void write(ByteBuffer[] from) throws IOException;

    /**
     * After {@link #read} has returned -1: whether the peer said that it was done, so that nothing can have been cut off
     * on the way. Always true without TLS, where there is no way to say so.
     */
    boolean endedByPeer();

    /** The least size of a buffer for {@link #read} that saves a copy; 1 where it does not matter. */
    int readSize();

    /** Gives up buffers that hold nothing. Only while no other thread uses this connection. */
    void trim();

    /** The own address; null where it is not known. */
    @Nullable
    SocketAddress localAddress();

    /**
     * Whether something has arrived that nobody has read yet, as far as that can be seen. For any thread, also while
     * another one reads; never waits. A unix socket does not tell: always false.
     */
    boolean hasInput();

    /**
     * Ends the reading: whoever waits in {@link #read} is told of the end. For any thread; never waits and never throws.
     *
     * @return false where the connection is gone
     */
    boolean endInput();

    /**
     * Says that nothing more will be written; reading goes on. Not while another thread writes.
     *
     * @throws IOException when the peer is gone
     */
    void endOutput() throws IOException;

    /**
     * Says goodbye as far as that takes no waiting, and closes; whoever reads or writes is woken. For any thread; never
     * waits and never throws.
     */
    void finish();

    /** Closes such that the peer sees a reset, where there is one. For any thread; never waits and never throws. */
    void reset();

    /** Closes at once. For any thread; never waits and never throws. */
    void close();
}
