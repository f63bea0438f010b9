package dev.attache.core.net;

import dev.attache.core.config.TcpKeepalive;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The opening of one connection, which any thread may give up while another one waits in {@link #connect}.
 *
 * <p>A unix socket whose backlog is full refuses at once where TCP would wait, so connecting to it is repeated until
 * somebody calls {@link #abort}.
 */
public final class Dial {

    private static final long SHORTEST_PAUSE = 250_000;
    private static final long LONGEST_PAUSE = 10_000_000;

    private final SocketAddress address;
    private final @Nullable TcpKeepalive keepalive;
    private @Nullable SocketChannel current;
    private boolean aborted;

    /**
     * A connection to be.
     *
     * @param address   a resolved TCP address, or a unix socket
     * @param keepalive TCP keepalive; null leaves it off
     */
    public Dial(SocketAddress address, @Nullable TcpKeepalive keepalive) {
        this.address = address;
        this.keepalive = keepalive;
    }

    /** Connects; called once. */
    public PlainSocket connect() throws IOException {
        for (long pause = SHORTEST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            SocketChannel channel = open();
            adopt(channel);
            try {
                channel.connect(address);
                return new PlainSocket(channel);
            } catch (IOException refused) {
                channel.close();
                if (!backlogIsFull(refused) || isAborted()) {
                    throw refused;
                }
            }
            LockSupport.parkNanos(pause);
            if (Thread.currentThread().isInterrupted()) {
                throw new AsynchronousCloseException();
            }
        }
    }

    /** Gives up: closes the channel, also when it is connected already. Never blocks and never throws. */
    public synchronized void abort() {
        aborted = true;
        if (current != null) {
            try {
                current.close();
            } catch (IOException ignored) {
                // It is gone either way.
            }
        }
    }

    private synchronized boolean isAborted() {
        return aborted;
    }

    private synchronized void adopt(SocketChannel channel) throws IOException {
        if (aborted) {
            channel.close();
            throw new AsynchronousCloseException();
        }
        current = channel;
    }

    private boolean backlogIsFull(IOException refused) {
        return address instanceof UnixDomainSocketAddress
                && refused instanceof SocketException
                && "Resource temporarily unavailable".equals(refused.getMessage());
    }

    private SocketChannel open() throws IOException {
        if (address instanceof UnixDomainSocketAddress) {
            return SocketChannel.open(StandardProtocolFamily.UNIX);
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (keepalive != null) {
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, keepalive.probes());
                set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, keepalive.timeSeconds());
                set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, keepalive.intervalSeconds());
            }
            return channel;
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    private static void set(SocketChannel channel, SocketOption<Integer> option, int value) throws IOException {
        if (value > 0 && channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }
}
