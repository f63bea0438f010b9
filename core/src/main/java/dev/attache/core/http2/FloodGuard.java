package dev.attache.core.http2;

import java.util.concurrent.TimeUnit;

/**
 * Judges how much a peer sends of what only an attacker sends much of. Suspect frames are limited by the second; returned
 * window, of which an honest peer sends the more the more it is sent, by what it was sent. For one thread at a time.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto">Envoy,
 *     Http2ProtocolOptions: the max_inbound fields</a>
 */
final class FloodGuard {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Frames of returned window that are nobody's: those of an empty connection. */
    private static final long FREE_UPDATES = 5;

    private final int eventsPerSecond;
    private final long updatesPerDataFrame;
    private long secondBegan;
    private int events;
    private int eventsBefore;
    private long updates;
    private long streams;
    private long dataFrames;

    /**
     * A guard of one connection.
     *
     * @param eventsPerSecond     suspect frames in a second; 0 for any number
     * @param updatesPerDataFrame frames of returned window for each DATA frame sent; 0 for any number
     */
    FloodGuard(int eventsPerSecond, int updatesPerDataFrame) {
        this.eventsPerSecond = eventsPerSecond;
        this.updatesPerDataFrame = updatesPerDataFrame;
        this.secondBegan = System.nanoTime();
    }

    /** A suspect frame has come. */
    void suspect(String what) throws ConnectionException {
        if (eventsPerSecond == 0) {
            return;
        }
        long now = System.nanoTime();
        long passed = now - secondBegan;
        if (passed >= SECOND) {
            eventsBefore = passed < 2 * SECOND ? events : 0;
            events = 0;
            secondBegan = passed < 2 * SECOND ? secondBegan + SECOND : now;
            passed = now - secondBegan;
        }
        events++;
        // The last second: this one, and what of the one before is still within it.
        long lately = events + eventsBefore * (SECOND - passed) / SECOND;
        if (lately > eventsPerSecond) {
            throw new ConnectionException(
                    ErrorCode.ENHANCE_YOUR_CALM,
                    "more than " + eventsPerSecond + " suspect frames in a second, the last one " + what);
        }
    }

    void streamOpened() {
        streams++;
    }

    void dataSent() {
        dataFrames++;
    }

    /** The peer has returned some window, of whichever stream. */
    void windowReturned() throws ConnectionException {
        updates++;
        if (updatesPerDataFrame != 0 && updates > FREE_UPDATES + 2 * (streams + updatesPerDataFrame * dataFrames)) {
            throw new ConnectionException(
                    ErrorCode.ENHANCE_YOUR_CALM,
                    updates + " WINDOW_UPDATE frames for " + dataFrames + " DATA frames on " + streams + " streams");
        }
    }
}
