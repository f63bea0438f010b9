package dev.attache.listeners;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A socket that listens.
 *
 * @param channel     the socket
 * @param address     where it is reached, its real port included
 * @param refusesIpv4 whether IPv4 peers, which a Java socket on {@code ::} cannot but accept, are turned away
 * @param unix        the file behind it; null for TCP
 */
record BoundSocket(
        ServerSocketChannel channel,
        SocketAddress address,
        boolean refusesIpv4,
        @Nullable UnixSocket unix) implements AutoCloseable {

    @Override
    public void close() throws IOException {
        if (unix != null) {
            unix.close();
        } else {
            channel.close();
        }
    }
}
