package dev.attache.core.upstream.http2;

import dev.attache.core.http.Cancellation;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;

/** Wakes whoever waits for a stream by giving the stream up, and sees what has come on it meanwhile. */
record StreamWaker(Http2Stream stream) implements Cancellation.Waker {

    @Override
    public void wake(Cancellation.Cause cause) {
        stream.reset(ErrorCode.CANCEL);
    }

    @Override
    public boolean arrived() {
        return stream.hasArrived();
    }
}
