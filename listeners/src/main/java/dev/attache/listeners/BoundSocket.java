package dev.attache.listeners;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A socket that listens, and whose waiting thread can be woken without closing it.
 *
 * @param channel     the socket
 * @param arrivals    what the waiting thread waits on
 * @param address     where it is reached, its real port included
 * @param refusesIpv4 whether IPv4 peers, which a Java socket on {@code ::} cannot but accept, are turned away
 * @param unix        the file behind it; null for TCP
 */
record BoundSocket(
        ServerSocketChannel channel,
        Selector arrivals,
        SocketAddress address,
        boolean refusesIpv4,
        @Nullable UnixSocket unix)
        implements AutoCloseable {

    /** A socket that was just bound; closes it when this fails. */
    static BoundSocket of(ServerSocketChannel channel, boolean refusesIpv4) throws IOException {
        try {
            return new BoundSocket(channel, arrivals(channel), channel.getLocalAddress(), refusesIpv4, null);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /** A unix socket that was just bound; closes it when this fails. */
    static BoundSocket of(UnixSocket unix) throws IOException {
        try {
            return new BoundSocket(unix.channel(), arrivals(unix.channel()), unix.address(), false, unix);
        } catch (IOException failed) {
            unix.close();
            throw failed;
        }
    }

    private static Selector arrivals(ServerSocketChannel channel) throws IOException {
        Selector arrivals = Selector.open();
        channel.configureBlocking(false);
        channel.register(arrivals, SelectionKey.OP_ACCEPT);
        return arrivals;
    }

    /** A connection that waits to be accepted; null where none does. */
    @Nullable
    SocketChannel accept() throws IOException {
        return channel.accept();
    }

    /** Waits for a connection, or for {@link #wake}. */
    void await() throws IOException {
        arrivals.select(arrived -> {});
    }

    /** Ends an {@link #await}, the present one or else the next. */
    void wake() {
        arrivals.wakeup();
    }

    @Override
    public void close() throws IOException {
        arrivals.close(); // First: as long as it knows the socket, the system keeps it.
        if (unix != null) {
            unix.close();
        } else {
            channel.close();
        }
    }
}
