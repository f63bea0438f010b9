package dev.attache.core.upstream.http2;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Cancellation;
import dev.attache.core.upstream.AttemptFailure;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A request that waits for a stream: for one that ends, or for a connection that another request is opening. */
final class Waiter extends Deadline {

    private final Object key;
    private final Thread thread = Thread.currentThread();
    private volatile boolean told;
    private volatile boolean late;
    private volatile @Nullable AttemptFailure failure;

    /** Of the calling thread; {@code key} says which connections will do. */
    Waiter(Object key) {
        this.key = key;
    }

    Object key() {
        return key;
    }

    /** Something has changed: it may look again. */
    void tell() {
        told = true;
        LockSupport.unpark(thread);
    }

    /** The connection that it waits for could not be opened. */
    void fail(AttemptFailure cause) {
        failure = cause;
        tell();
    }

    /** Waits until something has changed, the time is over, or nobody wants it any more. Returns whether anyone does. */
    boolean await(Cancellation cancellation) {
        if (cancellation.guard(cause -> LockSupport.unpark(thread))) {
            while (!told
                    && !late
                    && cancellation.cause() == null
                    && !Thread.currentThread().isInterrupted()) {
                LockSupport.park(this);
            }
        }
        return cancellation.unguard() && !Thread.currentThread().isInterrupted();
    }

    /** Whether the time was over before something changed. */
    boolean isLate() {
        return !told;
    }

    @Nullable
    AttemptFailure failure() {
        return failure;
    }

    @Override
    protected void expired() {
        late = true;
        LockSupport.unpark(thread);
    }
}
