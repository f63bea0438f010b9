package dev.attache.core.http;

import org.jspecify.annotations.Nullable;

/**
 * The end of something that a thread is waiting for, asked for by another thread: a deadline, or a client that left.
 * The waiting thread is never interrupted (an interrupt would close the channel that it uses); instead it says before
 * it waits how it is to be woken, by {@link #guard}.
 *
 * <p>The first cause wins. Safe for use by all threads.
 */
public final class Cancellation {

    /** Why something is given up. */
    public enum Cause {
        /** The route's timeout: all attempts together took too long. */
        ROUTE_TIMEOUT,
        /** The policy's limit of one attempt. */
        PER_TRY_TIMEOUT,
        PER_TRY_IDLE_TIMEOUT,
        CONNECT_TIMEOUT,
        STREAM_IDLE_TIMEOUT,
        /** The request did not arrive in time. */
        REQUEST_TIMEOUT,
        /** The client went away. */
        DOWNSTREAM_GONE,
        /** The proxy is closing. */
        SHUTDOWN
    }

    /** How a waiting thread is woken: closes a channel, unparks a thread; must not block and must not throw. */
    @FunctionalInterface
    public interface Waker {
        void wake(Cause cause);
    }

    private @Nullable Cause cause;
    private @Nullable Waker waker;
    private @Nullable Cancellation part;
    private @Nullable Waker listener;

    /**
     * A cancellation of a part of what this one covers, such as one attempt of several: cancelled together with this one,
     * but not the other way round. One part at a time: a new one replaces the old.
     */
    public synchronized Cancellation part() {
        Cancellation made = new Cancellation();
        if (cause != null) {
            made.cancel(cause);
        }
        part = made;
        return made;
    }

    /**
     * Says how the thread that now begins to wait is woken. One waker at a time: the new one replaces the old.
     *
     * @return false when this was cancelled already: the caller must not wait, and {@code waker} is not called
     */
    public synchronized boolean guard(Waker newWaker) {
        if (cause != null) {
            return false;
        }
        waker = newWaker;
        return true;
    }

    /**
     * Takes the waker away: the wait is over, and what was waited on may now belong to someone else. When this returns
     * true, the waker has not been called and will not be.
     */
    public synchronized boolean unguard() {
        waker = null;
        return cause == null;
    }

    /**
     * Says who else is told, whatever the waiting thread does meanwhile; stays until the end. Like the waker it is called
     * under this object's lock, and after it.
     *
     * @return false when this was cancelled already: {@code another} is not called
     */
    public synchronized boolean listen(Waker another) {
        if (cause != null) {
            return false;
        }
        Waker earlier = listener;
        listener = earlier == null
                ? another
                : told -> {
                    earlier.wake(told);
                    another.wake(told);
                };
        return true;
    }

    /**
     * Cancels, and wakes whoever waits. The waker runs under this object's lock, so that {@link #unguard} excludes it.
     *
     * @return whether this call was the first
     */
    public synchronized boolean cancel(Cause newCause) {
        if (cause != null) {
            return false;
        }
        cause = newCause;
        if (waker != null) {
            waker.wake(newCause);
        }
        if (part != null) {
            part.cancel(newCause);
        }
        if (listener != null) {
            listener.wake(newCause);
        }
        return true;
    }

    /** Why this was cancelled; null while it was not. */
    public synchronized @Nullable Cause cause() {
        return cause;
    }
}
