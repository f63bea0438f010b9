package dev.attache.core.upstream;

import dev.attache.core.http.Cancellation;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Carries a failure from where it is noticed to where the attempt ends, where it becomes a value. Has no stack trace.
 */
public final class AttemptFailure extends Exception {

    private static final long serialVersionUID = 1L;

    /** What an {@link UpstreamClient} may do about a failure by itself. */
    public enum Remedy {
        /** Nothing: the caller decides. */
        NONE,
        /** The connection was found dead before anything was sent: another one will do. */
        ANOTHER_CONNECTION,
        /** The peer has not agreed to HTTP/2: nothing was sent. */
        HTTP1,
        /** Not a byte of a response had come: a fresh connection will do, if the request may be repeated. */
        FRESH_CONNECTION
    }

    private final Failure failure;
    private final String reason;
    private final Remedy remedy;

    public AttemptFailure(Failure failure, String reason) {
        this(failure, reason, Remedy.NONE);
    }

    public AttemptFailure(Failure failure, String reason, Remedy remedy) {
        super(reason, null, false, false);
        this.failure = failure;
        this.reason = reason;
        this.remedy = remedy;
    }

    /** The end of an attempt that somebody else has given up. */
    public static AttemptFailure cancelled(Cancellation.Cause cause) {
        return new AttemptFailure(Failure.of(cause), "");
    }

    /** The end of an attempt that was cancelled, or whose thread was interrupted. */
    public static AttemptFailure givenUp(Cancellation cancellation) {
        Cancellation.@Nullable Cause cause = cancellation.cause();
        return cause == null ? new AttemptFailure(Failure.LOCAL_RESET, "interrupted") : cancelled(cause);
    }

    public Failure failure() {
        return failure;
    }

    public Remedy remedy() {
        return remedy;
    }

    /** The same as a value. */
    public Outcome outcome() {
        return new Outcome.Failed(failure, reason);
    }
}
