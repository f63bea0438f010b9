package dev.attache.core.net;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers that the TLS connections of this process have in turns: a connection on which nothing happens holds none. Safe
 * for use by all threads.
 */
final class TlsBuffers {

    /** Four records and a little: what is written, or read, at once. */
    static final TlsBuffers RECORDS = new TlsBuffers(68 * 1024, true);

    /** What one record can hold in plain text, and a little. */
    static final TlsBuffers PLAIN = new TlsBuffers(17 * 1024, false);

    /** Beyond so many, connections have buffers of their own: off the heap there is no room for thousands. */
    private static final int MOST = 256;

    private final int size;
    private final boolean direct;
    private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger made = new AtomicInteger();

    private TlsBuffers(int size, boolean direct) {
        this.size = size;
        this.direct = direct;
    }

    /** An empty buffer of at least {@code least} bytes. */
    ByteBuffer take(int least) {
        if (least > size) {
            return ByteBuffer.allocate(least);
        }
        ByteBuffer buffer = idle.poll();
        if (buffer != null) {
            return buffer.clear();
        }
        if (made.get() >= MOST) {
            return ByteBuffer.allocate(least);
        }
        made.incrementAndGet();
        return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    }

    /** Takes a buffer back, if it is one of these; nobody may use it any more. */
    void give(ByteBuffer buffer) {
        if (buffer.capacity() == size && buffer.isDirect() == direct) {
            idle.add(buffer);
        }
    }
}
