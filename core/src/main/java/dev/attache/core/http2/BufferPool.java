package dev.attache.core.http2;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers that connections have in turns: a connection on which nothing happens holds none. Safe for use by all threads.
 */
final class BufferPool {

    /** What waits to be written: four frames, and one that finds room for its first octet only. */
    static final BufferPool OUTPUT = new BufferPool(Output.CAPACITY + Frames.MAX_PAYLOAD + 4 * 1024);

    /** What has been read: a whole frame, or what a TLS record holds. */
    static final BufferPool INPUT = new BufferPool(24 * 1024);

    /** Beyond so many, connections have buffers of their own: off the heap there is no room for thousands. */
    private static final int MOST = 128;

    private final int size;
    private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger made = new AtomicInteger();

    private BufferPool(int size) {
        this.size = size;
    }

    /** An empty buffer of at least {@code least} octets. */
    ByteBuffer take(int least) {
        if (least > size) {
            return ByteBuffer.allocate(least);
        }
        ByteBuffer buffer = idle.poll();
        if (buffer != null) {
            return buffer.clear();
        }
        if (made.get() >= MOST) {
            return ByteBuffer.allocate(size);
        }
        made.incrementAndGet();
        return ByteBuffer.allocateDirect(size);
    }

    /** Takes a buffer back, if it is one of these; nobody may use it any more. */
    void give(ByteBuffer buffer) {
        if (buffer.isDirect() && buffer.capacity() == size) {
            idle.add(buffer);
        }
    }
}
