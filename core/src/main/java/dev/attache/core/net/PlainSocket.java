package dev.attache.core.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A TCP or unix-socket connection, as it is. */
public final class PlainSocket implements TransportSocket {

    // The JDK copies a heap buffer into a direct one of the same size, which it then keeps.
    private static final int MOST_AT_ONCE = 64 * 1024;

    private final SocketChannel channel;
    private final @Nullable SocketAddress localAddress;

    // Held by who reads or writes, also while it waits. Whoever must not wait only tries them, and looks at the channel
    // while it has both: to have it not block, the channel itself would wait for both directions.
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();

    private @Nullable ByteBuffer unread;

    /** Takes over a connected channel in blocking mode. */
    public PlainSocket(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.localAddress = channel.getLocalAddress();
    }

    /**
     * Puts bytes back that were read too far: the next reads bring them again. Only while no other thread uses this
     * connection.
     */
    public void unread(ByteBuffer bytes) {
        ByteBuffer behind = unread;
        if (behind != null) {
            bytes = ByteBuffer.allocate(bytes.remaining() + behind.remaining())
                    .put(bytes)
                    .put(behind)
                    .flip();
        }
        unread = bytes.hasRemaining() ? bytes : null;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        reading.lock();
        try {
            ByteBuffer first = unread;
            return first == null ? channel.read(into) : again(first, into);
        } finally {
            reading.unlock();
        }
    }

    private int again(ByteBuffer first, ByteBuffer into) {
        int n = Math.min(first.remaining(), into.remaining());
        into.put(into.position(), first, first.position(), n).position(into.position() + n);
        first.position(first.position() + n);
        if (!first.hasRemaining()) {
            unread = null;
        }
        return n;
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        if (!reading.tryLock()) {
            return 0;
        }
        try {
            ByteBuffer first = unread;
            return first == null ? now(() -> channel.read(into)) : again(first, into);
        } finally {
            reading.unlock();
        }
    }

    /** Writes what can be written without waiting, which is nothing while another thread reads or writes. */
    void writeNow(ByteBuffer from) throws IOException {
        if (!reading.tryLock()) {
            return;
        }
        try {
            now(() -> channel.write(from));
        } finally {
            reading.unlock();
        }
    }

    private interface Look {
        int look() throws IOException;
    }

    /** Has the channel not block for once; under the reader's lock. Returns 0 while another thread writes. */
    private int now(Look look) throws IOException {
        if (!writing.tryLock()) {
            return 0;
        }
        try {
            // No system call for these two on a channel that a virtual thread has used: it is non-blocking underneath.
            channel.configureBlocking(false);
            int n = look.look();
            channel.configureBlocking(true);
            return n;
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        writing.lock();
        try {
            int end = from.limit();
            while (from.position() < end) {
                from.limit(Math.min(end, from.position() + MOST_AT_ONCE));
                channel.write(from);
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void write(ByteBuffer[] from) throws IOException {
        writing.lock();
        try {
            long left = 0;
            for (ByteBuffer part : from) {
                left += part.remaining();
            }
            if (left > 2 * MOST_AT_ONCE) {
                for (ByteBuffer part : from) {
                    write(part);
                }
                return;
            }
            while (left > 0) {
                left -= channel.write(from);
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public boolean endedByPeer() {
        return true;
    }

    @Override
    public int readSize() {
        return 1;
    }

    @Override
    public void trim() {}

    @Override
    public @Nullable SocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public boolean hasInput() {
        try {
            return localAddress instanceof InetSocketAddress
                    && channel.socket().getInputStream().available() > 0;
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public boolean endInput() {
        try {
            channel.shutdownInput();
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void reset() {
        try {
            if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException ignored) {
            // It is gone either way.
        }
        close();
    }

    @Override
    public void finish() {
        close();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is gone either way.
        }
    }
}
