package dev.attache.core.http2;

import org.jspecify.annotations.Nullable;

/** The sending half of a stream: how much the peer takes, and how it ended. All calls under the lock of the session. */
final class StreamOutput {

    private long window;
    private boolean complete;
    private @Nullable StreamResetException failure;

    /** Of a stream whose peer takes {@code window} octets. */
    StreamOutput(long window) {
        this.window = window;
    }

    /** Octets that the peer takes now; zero or less for none. */
    long window() {
        return window;
    }

    /** The peer takes more, or less. Returns whether that is as it may be. */
    boolean changeWindow(long by) {
        window += by;
        return window <= Integer.MAX_VALUE;
    }

    void used(int octets) {
        window -= octets;
    }

    /** All has been sent. */
    void complete() {
        complete = true;
    }

    /** It ends early; without effect once it has ended. */
    void fail(StreamResetException cause) {
        if (isOpen()) {
            failure = cause;
        }
    }

    boolean isOpen() {
        return !complete && failure == null;
    }

    boolean isComplete() {
        return complete;
    }

    /** Throws where it has ended early. */
    void check() throws StreamResetException {
        if (failure != null) {
            throw failure;
        }
    }
}
