package dev.attache.listeners;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts the connections of one socket, on a virtual thread of its own, until the socket is closed. */
final class AcceptLoop implements Runnable {

    /** Takes an accepted connection, or closes it. */
    @FunctionalInterface
    interface Taker {
        void take(SocketChannel connection) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(AcceptLoop.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final String listener;
    private final BoundSocket socket;
    private final Taker taker;

    AcceptLoop(String listener, BoundSocket socket, Taker taker) {
        this.listener = listener;
        this.socket = socket;
        this.taker = taker;
    }

    void start() {
        Thread.ofVirtual().name("attache-accept-" + socket.address()).start(this);
    }

    @Override
    public void run() {
        Duration pause = Duration.ZERO;
        while (socket.channel().isOpen()) {
            try {
                accept();
                pause = Duration.ZERO;
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException failed) {
                // Out of descriptors, most likely: no busy loop, and no line for each try.
                if (pause.isZero()) {
                    LOG.warn("listener {} on {}: cannot accept: {}", listener, socket.address(), failed.getMessage());
                }
                pause = pause.isZero() ? FIRST_PAUSE : shorter(pause.multipliedBy(2));
                if (!sleep(pause)) {
                    return;
                }
            }
        }
    }

    private void accept() throws IOException {
        SocketChannel connection = socket.channel().accept();
        try {
            if (socket.refusesIpv4() && isIpv4(connection.getRemoteAddress())) {
                connection.close();
                return;
            }
            taker.take(connection);
        } catch (IOException gone) {
            // The peer left between accept and here: its trouble, not the socket's.
            LOG.debug("listener {} on {}: {}", listener, socket.address(), gone.toString());
            connection.close();
        } catch (RuntimeException bug) {
            // One connection is lost by it, not the listener.
            LOG.error("listener {} on {}: a connection was not taken", listener, socket.address(), bug);
            connection.close();
        }
    }

    private static boolean isIpv4(SocketAddress peer) {
        return peer instanceof InetSocketAddress tcp && tcp.getAddress() instanceof Inet4Address;
    }

    private static Duration shorter(Duration pause) {
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private static boolean sleep(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
