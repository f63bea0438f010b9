package dev.attache.core.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A TCP or unix-socket connection, as it is. */
public final class PlainSocket implements TransportSocket {

    // The JDK copies a heap buffer into a direct one of the same size, which it then keeps.
    private static final int MOST_AT_ONCE = 64 * 1024;

    private final SocketChannel channel;
    private final @Nullable SocketAddress localAddress;
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
        ByteBuffer first = unread;
        return first == null ? channel.read(into) : again(first, into);
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
        ByteBuffer first = unread;
        if (first != null) {
            return again(first, into);
        }
        // No system call for these two on a channel that a virtual thread has used: it is non-blocking underneath.
        channel.configureBlocking(false);
        int n = channel.read(into);
        channel.configureBlocking(true);
        return n;
    }

    /** Writes what can be written without waiting. Only while no other thread uses this connection. */
    void writeNow(ByteBuffer from) throws IOException {
        channel.configureBlocking(false);
        channel.write(from);
        channel.configureBlocking(true);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        int end = from.limit();
        while (from.position() < end) {
            from.limit(Math.min(end, from.position() + MOST_AT_ONCE));
            channel.write(from);
        }
    }

    @Override
    public void write(ByteBuffer[] from) throws IOException {
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
    public void endInput() {
        try {
            channel.shutdownInput();
        } catch (IOException ignored) {
            // It is gone: its reader is told anyway.
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
