package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.PeerDeadline;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What may take only so long on one downstream connection: silence between requests, a request head, a write that the
 * client does not take; and when it is time to look whether a waiting client has left. A request that comes as a whole
 * and is answered soon starts none of them.
 *
 * <p>The notes are made by the connection's thread; the timers run on the deadline thread.
 */
final class ConnectionTimers implements RequestReader.HeadWatch {

    /** How long a request may be in progress before its client is watched. */
    private static final long WATCH_NANOS = 1_000_000_000;

    /** No request is in progress. */
    private static final long NONE = 0;
    /** None will be: nothing was heard for too long. */
    private static final long IDLE = Long.MIN_VALUE;

    private final DownstreamConnection connection;
    private final Idle idle = new Idle();
    private @Nullable HeadDeadline head;
    private volatile long quietSince;
    /** When the request in progress began; or one of the two below. */
    private final AtomicLong request = new AtomicLong(NONE);

    private volatile long writeBegan;
    private volatile @Nullable RequestWatch watch;
    private volatile boolean tunnel;
    private volatile boolean ended;

    ConnectionTimers(DownstreamConnection connection) {
        this.connection = connection;
    }

    /** The connection is open. */
    void start(long now) {
        quietSince = now;
        connection.serving().startIdle(idle);
    }

    @Override
    public void headBegan() {
        quietSince = System.nanoTime();
        HeadDeadline began = new HeadDeadline();
        head = began;
        connection.serving().startHead(began);
    }

    /** No more of a request head is waited for. Returns whether it has come in time. */
    boolean headEnded() {
        HeadDeadline began = head;
        head = null;
        return began == null || began.cancel();
    }

    /**
     * A request is in progress, unless the connection has been idle for too long by now: its client sees it closed, and so
     * must be able to rely on it that the request was not served.
     *
     * @return whether the request may be served
     */
    boolean requestBegan(long now) {
        if (!request.compareAndSet(NONE, now == NONE ? 1 : now)) {
            return false;
        }
        if (watch == null) {
            RequestWatch first = new RequestWatch();
            watch = first;
            Serving serving = connection.serving();
            long flush = serving.flushNanos();
            serving.startWatch(first, flush == 0 ? WATCH_NANOS : Math.min(WATCH_NANOS, flush));
        }
        return true;
    }

    void requestEnded(long now) {
        quietSince = now;
        request.set(NONE);
    }

    /** A request has ended that nobody needed to watch: its client was heard of at any time. */
    void quiet(long now) {
        quietSince = now;
    }

    /** Both directions are another protocol's from now on: only the silence of both counts, which others watch. */
    void tunnelBegan() {
        tunnel = true;
    }

    void writeBegan() {
        writeBegan = System.nanoTime();
    }

    void writeEnded() {
        writeBegan = 0;
    }

    boolean isServing() {
        return isRequest(request.get());
    }

    /** How long there has been a request, or none. */
    long unchangedNanos(long now) {
        long began = request.get();
        return now - (isRequest(began) ? began : quietSince);
    }

    private static boolean isRequest(long began) {
        return began != NONE && began != IDLE;
    }

    /** The connection is closed. */
    void end() {
        ended = true;
        idle.cancel();
        headEnded();
        RequestWatch last = watch;
        if (last != null) {
            last.cancel();
        }
    }

    /** Time without a request. Started once, and again by itself when there was something to do meanwhile. */
    private final class Idle extends Deadline {
        @Override
        protected void expired() {
            Serving serving = connection.serving();
            long left = serving.idleNanos() - (System.nanoTime() - quietSince);
            if (ended) {
                return;
            }
            if (request.get() != NONE || connection.hasStreams()) {
                serving.startIdle(this);
            } else if (left > 0) {
                serving.startIdle(this, left);
            } else if (!request.compareAndSet(NONE, IDLE)) {
                serving.startIdle(this); // One has begun just now.
            } else {
                connection.stats().idleTimeout.increment();
                connection.closeIdle();
            }
        }
    }

    /** Time from the first byte of a request head to its last. */
    private final class HeadDeadline extends PeerDeadline {
        @Override
        protected boolean arrived() {
            return connection.socket().hasInput();
        }

        @Override
        protected void late() {
            connection.endInput();
        }
    }

    /**
     * Looks at the request in progress from time to time, for as long as there is one; the next request starts another
     * watch.
     */
    private final class RequestWatch extends Deadline {
        @Override
        protected void expired() {
            long began = request.get();
            if (began == NONE) {
                watch = null;
                // It may have begun just now and have seen this watch as set.
                if (request.get() == NONE || watch != null) {
                    return;
                }
                watch = this;
                began = request.get();
            }
            if (ended || tunnel) {
                return;
            }
            long now = System.nanoTime();
            Serving serving = connection.serving();
            long flush = serving.flushNanos();
            long writing = writeBegan;
            if (writing != 0 && flush != 0 && now - writing >= flush) {
                connection.close();
                return;
            }
            long next = WATCH_NANOS;
            if (now - began >= WATCH_NANOS) {
                connection.input().watch();
            } else {
                next = WATCH_NANOS - (now - began);
            }
            if (flush != 0) {
                next = Math.min(next, writing == 0 ? flush : flush - (now - writing));
            }
            serving.startWatch(this, next);
        }
    }
}
