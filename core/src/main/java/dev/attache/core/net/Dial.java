package dev.attache.core.net;

import dev.attache.core.config.TcpKeepalive;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
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
 * <p>Who is out of time is decided by the waiting thread itself, after it has looked at the connection once more: on a
 * busy machine a thread may get the processor long after the system has connected, and that is no failure of the peer's.
 *
 * <p>A unix socket whose backlog is full refuses at once where TCP would wait, so connecting to it is repeated for as
 * long as there is time.
 */
public final class Dial {

    private static final long SHORTEST_PAUSE = 250_000;
    private static final long LONGEST_PAUSE = 10_000_000;

    /** There was no file descriptor for it in all its time: our own want, which says nothing about the peer. */
    public static final class NoDescriptorException extends IOException {
        private static final long serialVersionUID = 1L;

        NoDescriptorException() {
            super("no file descriptor left");
        }
    }

    private final SocketAddress address;
    private final @Nullable TcpKeepalive keepalive;
    private final Descriptors descriptors;
    private @Nullable SocketChannel current;
    private boolean aborted;

    /**
     * A connection to be.
     *
     * @param address   a resolved TCP address, or a unix socket
     * @param keepalive TCP keepalive; null leaves it off
     */
    public Dial(SocketAddress address, @Nullable TcpKeepalive keepalive) {
        this(address, keepalive, Descriptors.ofProcess());
    }

    Dial(SocketAddress address, @Nullable TcpKeepalive keepalive, Descriptors descriptors) {
        this.address = address;
        this.keepalive = keepalive;
        this.descriptors = descriptors;
    }

    /** As {@link #connect(long)}, however long the peer takes. */
    public PlainSocket connect() throws IOException {
        return connect(0);
    }

    /**
     * Connects; called once.
     *
     * @param nanos how long the peer may take; 0 is for ever
     * @throws SocketTimeoutException when it has taken longer
     * @throws NoDescriptorException when the process had no file descriptor for it in that time
     */
    public PlainSocket connect(long nanos) throws IOException {
        long began = System.nanoTime();
        for (long pause = SHORTEST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            SocketChannel channel = open();
            if (channel != null) {
                adopt(channel);
                try {
                    connect(channel, nanos);
                    return new PlainSocket(channel);
                } catch (IOException refused) {
                    channel.close();
                    if (!backlogIsFull(refused)) {
                        throw refused;
                    }
                }
            }
            LockSupport.parkNanos(pause);
            if (isAborted() || Thread.currentThread().isInterrupted()) {
                throw new AsynchronousCloseException();
            }
            if (nanos > 0 && System.nanoTime() - began >= nanos) {
                throw channel == null
                        ? new NoDescriptorException()
                        : new SocketTimeoutException("the backlog of " + address + " stays full");
            }
        }
    }

    private void connect(SocketChannel channel, long nanos) throws IOException {
        if (nanos > 0 && address instanceof InetSocketAddress) {
            // It says that time is over only after a last look.
            channel.socket().connect(address, millis(nanos));
        } else {
            channel.connect(address);
        }
    }

    /** Rounded up, since zero would be for ever. */
    private static int millis(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000);
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

    /** Null where there is no descriptor for it, or none that is not kept for others. */
    private @Nullable SocketChannel open() throws IOException {
        if (!descriptors.take(descriptors.spare() + descriptors.aside())) {
            return null;
        }
        try {
            return address instanceof UnixDomainSocketAddress
                    ? SocketChannel.open(StandardProtocolFamily.UNIX)
                    : openTcp();
        } catch (SocketException refused) {
            descriptors.giveBack();
            if ("Too many open files".equals(refused.getMessage())) {
                return null;
            }
            throw refused;
        }
    }

    private SocketChannel openTcp() throws IOException {
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
