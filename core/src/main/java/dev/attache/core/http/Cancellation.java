package dev.attache.core.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The end of something that a thread is waiting for, asked for by another thread: a deadline, or a client that left.
 * The waiting thread is never interrupted (an interrupt would close the channel that it uses); instead it says before
 * it waits how it is to be woken, by {@link #guard}.
 *
 * <p>The first cause wins. Safe for use by all threads; nothing but {@link #cancel} takes a lock, for nearly all requests
 * guard and unguard often and are never cancelled.
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
        /** The stream has lasted as long as any may, or as long as a gRPC caller waits. */
        MAX_STREAM_DURATION,
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

        /**
         * Whether what is waited for is there already, so that the wait is about to end by itself and only the processor
         * is lacking. Must not block and must not throw.
         */
        default boolean arrived() {
            return false;
        }
    }

    private static final VarHandle STATE;
    private static final VarHandle LISTENER;

    static {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            STATE = lookup.findVarHandle(Cancellation.class, "state", Object.class);
            LISTENER = lookup.findVarHandle(Cancellation.class, "listener", Waker.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** In the place of the listener once it has been taken out to be told: nobody else comes in. */
    private static final Waker CANCELLED = cause -> {};

    /**
     * The cause, once there is one; until then the waker, or null. One word, so that the waker is taken out in the very
     * moment in which the cause is there: nobody can see the one and still have the other.
     */
    private volatile @Nullable Object state;

    private volatile @Nullable Waker listener;
    private volatile @Nullable Cancellation part;

    /**
     * A cancellation of a part of what this one covers, such as one attempt of several: cancelled together with this one,
     * but not the other way round. One part at a time: a new one replaces the old.
     */
    public Cancellation part() {
        Cancellation made = new Cancellation();
        // Written before the look at the cause, as cancel() does it the other way round: one of the two sees the other.
        part = made;
        Cause already = cause();
        if (already != null) {
            made.cancel(already);
        }
        return made;
    }

    /**
     * Says how the thread that now begins to wait is woken. One waker at a time: the new one replaces the old.
     *
     * @return false when this was cancelled already: the caller must not wait, and {@code waker} is not called
     */
    public boolean guard(Waker newWaker) {
        return exchanged(newWaker);
    }

    /**
     * Takes the waker away: the wait is over, and what was waited on may now belong to someone else. When this returns
     * true, the waker has not been called and will not be; when it returns false, its call has ended.
     */
    public boolean unguard() {
        return exchanged(null);
    }

    @SuppressWarnings("ReferenceEquality") // Which object it is, is the question.
    private boolean exchanged(@Nullable Waker newWaker) {
        Object expected = state;
        while (!(expected instanceof Cause)) {
            Object seen = STATE.compareAndExchange(this, expected, newWaker);
            if (seen == expected) {
                return true;
            }
            expected = seen;
        }
        awaitTold();
        return false;
    }

    /** Waits for the end of a {@link #cancel} that is under way: what it calls is then over. */
    private synchronized void awaitTold() {}

    /**
     * Says who else is told, whatever the waiting thread does meanwhile; stays until the end. Like the waker it is called
     * under this object's lock, and after it.
     *
     * @return false when this was cancelled already: {@code another} is not called
     */
    @SuppressWarnings("ReferenceEquality") // Which object it is, is the question.
    public boolean listen(Waker another) {
        Waker expected = listener;
        while (expected != CANCELLED) {
            Waker seen = (Waker) LISTENER.compareAndExchange(this, expected, after(expected, another));
            if (seen == expected) {
                return true;
            }
            expected = seen;
        }
        return false;
    }

    private static Waker after(@Nullable Waker earlier, Waker another) {
        return earlier == null
                ? another
                : told -> {
                    earlier.wake(told);
                    another.wake(told);
                };
    }

    /**
     * Cancels, and wakes whoever waits. The waker runs under this object's lock, so that {@link #unguard} excludes it.
     *
     * @return whether this call was the first
     */
    public synchronized boolean cancel(Cause newCause) {
        if (cause() != null) {
            return false;
        }
        Object waiting = STATE.getAndSet(this, newCause);
        Waker listening = (Waker) LISTENER.getAndSet(this, CANCELLED);
        if (waiting instanceof Waker waker) {
            waker.wake(newCause);
        }
        Cancellation covered = part;
        if (covered != null) {
            covered.cancel(newCause);
        }
        if (listening != null) {
            listening.wake(newCause);
        }
        return true;
    }

    /**
     * Whether what the waiting thread waits for is there already, here or in the part: for a deadline that is due, so that
     * it need not blame a peer that has done its own. Never waits.
     */
    public boolean arrived() {
        Cancellation covered = part;
        return (state instanceof Waker waker && waker.arrived()) || (covered != null && covered.arrived());
    }

    /** Why this was cancelled; null while it was not. Who waits may not have been woken yet. */
    public @Nullable Cause cause() {
        return state instanceof Cause cause ? cause : null;
    }
}
