package dev.attache.listeners;

import dev.attache.core.vital.OutOfMemory;
import dev.attache.core.vital.VitalThread;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts the connections of one socket, on a virtual thread of its own, until it is stopped; then closes the socket. */
final class AcceptLoop implements Runnable {

    /** Takes an accepted connection, or closes it. */
    @FunctionalInterface
    interface Taker {
        void take(SocketChannel connection) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(AcceptLoop.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** From one look at the room for another client to the next, while there is none. */
    private static final Duration NO_ROOM_PAUSE = Duration.ofMillis(20);

    private static final Duration BETWEEN_COMPLAINTS = Duration.ofMinutes(1);

    /** No queue of the system is longer. */
    private static final int LONGEST_QUEUE = 65535;

    private final String listener;
    private final BoundSocket socket;
    private final Taker taker;
    private final Room room;
    private @Nullable Instant complained;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    AcceptLoop(String listener, BoundSocket socket, Room room, Taker taker) {
        this.listener = listener;
        this.room = room;
        this.socket = socket;
        this.taker = taker;
    }

    void start() {
        thread = Thread.ofVirtual().name("attache-accept-" + socket.address()).start(this);
    }

    /**
     * Accepts the connections that wait already, for their clients believe that they are served, and closes the socket.
     * Returns when that is done, or when the calling thread is interrupted.
     */
    void stop() {
        stopping.countDown();
        socket.wake();
        Thread accepting = thread;
        if (accepting == null) {
            close(); // It was bound, but never started.
            return;
        }
        try {
            accepting.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            VitalThread.run(this::acceptUntilStopped);
            acceptThoseWhoWait();
        } finally {
            close();
        }
    }

    private void acceptUntilStopped() {
        Duration pause = Duration.ZERO;
        while (stopping.getCount() > 0) {
            try {
                if (!room.take()) {
                    complain();
                    pause(NO_ROOM_PAUSE);
                } else if (!acceptNext()) {
                    socket.await();
                }
                pause = Duration.ZERO;
            } catch (IOException failed) {
                // Out of descriptors, most likely: no busy loop, and no line for each try.
                if (pause.isZero()) {
                    LOG.warn("listener {} on {}: cannot accept: {}", listener, socket.address(), failed.getMessage());
                }
                pause = pause.isZero() ? FIRST_PAUSE : shorter(pause.multipliedBy(2));
                pause(pause);
            }
        }
    }

    private void complain() {
        Instant now = Instant.now();
        if (complained == null || now.isAfter(complained.plus(BETWEEN_COMPLAINTS))) {
            complained = now;
            LOG.warn(
                    "listener {} on {}: no file descriptor to spare; new connections wait until others are closed",
                    listener,
                    socket.address());
        }
    }

    private void acceptThoseWhoWait() {
        try {
            int accepted = 0;
            while (accepted < LONGEST_QUEUE
                    && room.take()
                    && acceptNext()) { // Those who come meanwhile do not keep us for ever.
                accepted++;
            }
        } catch (IOException failed) {
            LOG.warn("listener {} on {}: cannot accept: {}", listener, socket.address(), failed.getMessage());
        }
    }

    /** Returns whether there was a connection; the room for it is taken. */
    private boolean acceptNext() throws IOException {
        SocketChannel connection = accepted();
        if (connection == null) {
            return false;
        }
        try {
            if (socket.refusesIpv4() && isIpv4(connection.getRemoteAddress())) {
                connection.close();
                return true;
            }
            taker.take(connection);
        } catch (IOException gone) {
            // The peer left between accept and here: its trouble, not the socket's.
            LOG.debug("listener {} on {}: {}", listener, socket.address(), gone.toString());
            connection.close();
        } catch (RuntimeException | Error bug) {
            connection.close(); // One connection is lost by it, not the listener.
            OutOfMemory.look(bug);
            LOG.error("listener {} on {}: a connection was not taken", listener, socket.address(), bug);
        }
        return true;
    }

    private @Nullable SocketChannel accepted() throws IOException {
        SocketChannel connection = null;
        try {
            connection = socket.accept();
        } finally {
            if (connection == null) {
                room.giveBack();
            }
        }
        return connection;
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            LOG.warn("listener {} on {}: {}", listener, socket.address(), failed.getMessage());
        }
    }

    private static boolean isIpv4(SocketAddress peer) {
        return peer instanceof InetSocketAddress tcp && tcp.getAddress() instanceof Inet4Address;
    }

    private static Duration shorter(Duration pause) {
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** Waits, but not longer than until the stop. */
    private void pause(Duration pause) {
        try {
            stopping.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            stopping.countDown();
        }
    }
}
