package dev.attache.listeners;

import dev.attache.core.config.Address;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds the sockets of a set of listeners that start together.
 *
 * <p>{@code ::} and {@code 0.0.0.0} on one port are a pair: two sockets, one a family, as in other proxies. Java opens
 * every IPv6 socket for both families, so the two would be in each other's way; {@code SO_REUSEPORT} on both lets them
 * share the port, and the system gives each connection to the socket of its own family. That option would also let us
 * join a port that a foreign process holds with it, so a plain socket is bound first, and closed again, to see that
 * the port is free.
 */
final class SocketBinder {

    private static final Logger LOG = LoggerFactory.getLogger(SocketBinder.class);
    private static final int SYSTEM_MAXIMUM = 65535;

    private final Set<Integer> paired = new HashSet<>();
    private final Set<Integer> probed = new HashSet<>();

    SocketBinder(Collection<Address> together) {
        Set<Integer> ipv6 = wildcards(together, host -> host instanceof Inet6Address);
        paired.addAll(wildcards(together, host -> !(host instanceof Inet6Address)));
        paired.retainAll(ipv6);
    }

    private static Set<Integer> wildcards(Collection<Address> addresses, Predicate<InetAddress> family) {
        Set<Integer> ports = new HashSet<>();
        for (Address address : addresses) {
            if (address instanceof Address.Socket socket && socket.port() != 0 && !socket.ipv4Compat()) {
                InetAddress host = new InetSocketAddress(socket.host(), 0).getAddress();
                if (host != null && host.isAnyLocalAddress() && family.test(host)) {
                    ports.add(socket.port());
                }
            }
        }
        return ports;
    }

    /**
     * Binds one address.
     *
     * @param backlog accept queue; 0 means the system's maximum
     * @return null for the {@code ::} half of a pair on a host without IPv6
     */
    @Nullable
    BoundSocket bind(Address address, int backlog) throws IOException {
        int queue = backlog == 0 ? SYSTEM_MAXIMUM : backlog;
        return switch (address) {
            case Address.Pipe pipe -> BoundSocket.of(UnixSocket.bind(pipe.path(), pipe.mode(), queue));
            case Address.Socket socket -> bind(socket, queue);
        };
    }

    private @Nullable BoundSocket bind(Address.Socket socket, int backlog) throws IOException {
        InetAddress host = InetAddress.getByName(socket.host());
        InetSocketAddress wanted = new InetSocketAddress(host, socket.port());
        boolean pair = host.isAnyLocalAddress() && !socket.ipv4Compat() && paired.contains(socket.port());
        if (!pair) {
            boolean refusesIpv4 = host.isAnyLocalAddress() && host instanceof Inet6Address && !socket.ipv4Compat();
            return BoundSocket.of(open(wanted, backlog, false), refusesIpv4);
        }
        if (probed.add(socket.port())) {
            probe(socket.port());
        }
        if (!(host instanceof Inet6Address)) {
            return BoundSocket.of(open(wanted, backlog, true), false);
        }
        try {
            return BoundSocket.of(open(wanted, backlog, true), true);
        } catch (SocketException | UnsupportedOperationException failed) {
            if (isTaken(failed)) {
                throw failed;
            }
            LOG.warn("{}: no IPv6 here ({}); IPv4 only", socket, failed.getMessage());
            return null;
        }
    }

    /** Fails if anybody else listens on the port, of either family. */
    private static void probe(int port) throws IOException {
        try {
            open(new InetSocketAddress(ipv6Wildcard(), port), 1, false).close();
        } catch (SocketException | UnsupportedOperationException failed) {
            if (isTaken(failed)) {
                throw failed;
            }
            open(new InetSocketAddress("0.0.0.0", port), 1, false).close();
        }
    }

    private static InetAddress ipv6Wildcard() {
        try {
            return InetAddress.getByAddress(new byte[16]);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static boolean isTaken(Exception failed) {
        String message = String.valueOf(failed.getMessage());
        return message.contains("already in use") || message.contains("Permission denied");
    }

    private static ServerSocketChannel open(InetSocketAddress address, int backlog, boolean shared) throws IOException {
        // Always by family: a socket opened without one would take 0.0.0.0 for both.
        ProtocolFamily family = address.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
        ServerSocketChannel channel = ServerSocketChannel.open(family);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (shared) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            return channel.bind(address, backlog);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }
}
