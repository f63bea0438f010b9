package dev.attache.core.policy;

import dev.attache.core.deadline.Deadlines;
import dev.attache.core.deadline.IdleDeadline;
import dev.attache.core.deadline.PeerDeadline;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Response;
import dev.failsafe.Execution;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a route and of its cluster around one request's attempts: overall deadline, retry, breaker, deadline of
 * one attempt, attempt; {@link #run} is written in that order. Made for one request.
 *
 * <p>Both deadlines begin when the request is complete, which another thread may find out; the overall one lasts until
 * the response has been read to its end, and so does that of the whole stream, which begins with the chain.
 */
public final class PolicyChain {

    private final RoutePolicies route;
    private final ClusterPolicies cluster;

    /** Gives up all attempts, and the body of the answer; the client's side goes on, so that it can be told. */
    private final Cancellation whole;

    private final Expiry overall;
    private final @Nullable Expiry stream;
    private volatile @Nullable Quiet quiet;
    private @Nullable Expiry perTry; // This and the rest: guarded by this.
    private boolean requestComplete;
    private volatile boolean over;
    private long completeAt;

    /**
     * A chain for one request.
     *
     * @param exchange cancels the whole exchange, and with it whatever this chain runs
     */
    public PolicyChain(RoutePolicies route, ClusterPolicies cluster, Cancellation exchange) {
        this.route = route;
        this.cluster = cluster;
        this.whole = exchange.part();
        this.overall = new Expiry(whole, Cancellation.Cause.ROUTE_TIMEOUT);
        this.stream = route.streamDuration().off() ? null : new Expiry(whole, Cancellation.Cause.MAX_STREAM_DURATION);
    }

    /** What is left of the chain where there is no policy at all: one attempt. */
    public static Outcome none(Attempts attempts, Cancellation exchange) {
        return unlessLate(attempts.attempt(exchange), exchange);
    }

    /** Runs the attempts until one of them is good enough, or no other may follow. */
    public Outcome run(Attempts attempts) {
        // The overall deadline runs beside: requestComplete() begins it, responseComplete() ends it.
        if (stream != null) {
            route.streamDuration().start(stream, route.deadlines().now());
        }
        Outcome first = admitted(attempts);
        return route.condition().matches(first) ? repeat(attempts, first) : first;
    }

    /** Retry: what to do and how long to wait is Failsafe's to say, the waiting is ours, so that it can be ended. */
    private Outcome repeat(Attempts attempts, Outcome first) {
        Execution<Outcome> execution = Execution.of(route.retry());
        Outcome outcome = first;
        execution.recordResult(outcome);
        while (!execution.isComplete()) {
            long wait = execution.getDelay().toNanos();
            boolean useless = route.condition().onlyElsewhere(outcome) && !attempts.elsewhere();
            // Where the wait would outlast the route's time, the last failure is the answer at once.
            if (useless || wait >= remainingNanos() || !attempts.repeatable() || !attempts.acquireRetry()) {
                return outcome;
            }
            try {
                attempts.discarded(outcome);
                outcome = Pause.await(wait, route.deadlines(), whole) ? admitted(attempts) : givenUp();
            } finally {
                attempts.releaseRetry();
            }
            execution.recordResult(outcome);
        }
        if (route.condition().matches(outcome)) {
            attempts.retryLimitExceeded();
        } else if (outcome instanceof Outcome.Answered) {
            attempts.retrySucceeded();
        }
        return outcome;
    }

    private Outcome givenUp() {
        Cancellation.Cause cause = whole.cause();
        return cause == null
                ? new Outcome.Failed(Failure.DOWNSTREAM_GONE, "interrupted")
                : new Outcome.Failed(Failure.of(cause));
    }

    /** Breaker. */
    private Outcome admitted(Attempts attempts) {
        if (!cluster.hasBreaker()) {
            return timed(attempts);
        }
        ClusterPolicies.Admission admission = cluster.admit();
        if (admission == ClusterPolicies.Admission.REFUSED) {
            return new Outcome.Failed(Failure.BREAKER_OPEN);
        }
        Outcome outcome = new Outcome.Failed(Failure.LOCAL_RESET);
        try {
            outcome = timed(attempts);
        } finally {
            cluster.report(admission, outcome);
        }
        return outcome;
    }

    /** Deadline of one attempt, until its response head; and its silence, until the end of its response. */
    private Outcome timed(Attempts attempts) {
        if (!route.limitsAttempts()) {
            return unlessLate(attempts.attempt(whole), whole);
        }
        Cancellation attempt = whole.part();
        beginTry(new Expiry(attempt, Cancellation.Cause.PER_TRY_TIMEOUT), new Quiet(route, attempt));
        try {
            Outcome outcome = attempts.attempt(attempt);
            progress(route.deadlines().now());
            if (!endTry()) {
                attempt.cancel(Cancellation.Cause.PER_TRY_TIMEOUT); // It is expiring just now: made certain.
            }
            return unlessLate(outcome, attempt);
        } finally {
            endTry();
        }
    }

    /** An answer whose connection was closed under it in the same moment is none; a failure is named after its cause. */
    private static Outcome unlessLate(Outcome outcome, Cancellation cancellation) {
        Cancellation.Cause cause = cancellation.cause();
        if (cause == null) {
            return outcome;
        }
        if (outcome instanceof Outcome.Answered(Response response)) {
            response.close();
        }
        return new Outcome.Failed(Failure.of(cause));
    }

    private synchronized void beginTry(Expiry expiry, Quiet silence) {
        if (quiet != null) {
            quiet.stop();
        }
        perTry = expiry;
        quiet = silence;
        if (requestComplete) {
            long now = route.deadlines().now();
            route.perTryTimeout().start(expiry, now);
            silence.start(now);
        }
    }

    private synchronized boolean endTry() {
        boolean inTime = perTry == null || perTry.cancel();
        perTry = null;
        return inTime;
    }

    /** The request has been received to its end: the deadlines begin. Called once at most, by any thread. */
    public void requestComplete() {
        requestComplete(route.deadlines().now());
    }

    /** As {@link #requestComplete()}, at a reading of {@link Deadlines#now} that was just made for something else. */
    public synchronized void requestComplete(long now) {
        if (over) {
            return;
        }
        requestComplete = true;
        completeAt = now;
        route.timeout().start(overall, now);
        if (perTry != null && quiet != null) {
            route.perTryTimeout().start(perTry, now);
            quiet.start(now);
        }
    }

    /** A part of the response came in, at a reading of {@link Deadlines#now}. */
    public void progress(long now) {
        Quiet current = quiet;
        if (current != null) {
            current.touch(now);
        }
    }

    /** The response is the switch to another protocol: only the limit of the whole stream goes on. */
    public synchronized void switched() {
        if (!over) {
            overall.cancel();
            if (quiet != null) {
                quiet.stop();
            }
        }
    }

    /** The response has been read to its end, or given up: all deadlines end. */
    public void responseComplete() {
        if (!over) {
            endResponse();
        }
    }

    private synchronized void endResponse() {
        over = true;
        overall.cancel();
        if (stream != null) {
            stream.cancel();
        }
        if (quiet != null) {
            quiet.stop();
        }
    }

    /** What is left of the route's time; as good as for ever while it has not begun, or is off. */
    public synchronized long remainingNanos() {
        return route.timeout().off() || !requestComplete
                ? Long.MAX_VALUE
                : route.timeout().nanos() - (route.deadlines().now() - completeAt);
    }

    /** Why everything was given up; null while it was not. */
    public Cancellation.@Nullable Cause cause() {
        return whole.cause();
    }

    /** Cancels at its expiry, unless what is awaited is there. */
    private static final class Expiry extends PeerDeadline {
        private final Cancellation cancellation;
        private final Cancellation.Cause cause;

        Expiry(Cancellation cancellation, Cancellation.Cause cause) {
            this.cancellation = cancellation;
            this.cause = cause;
        }

        @Override
        protected boolean arrived() {
            return cancellation.arrived();
        }

        @Override
        protected void late() {
            cancellation.cancel(cause);
        }
    }

    /** Cancels one attempt from which nothing has come for too long. */
    private static final class Quiet extends IdleDeadline {
        private final Cancellation attempt;

        Quiet(RoutePolicies route, Cancellation attempt) {
            super(route.perTryIdleTimeout());
            this.attempt = attempt;
        }

        @Override
        protected boolean arrived() {
            return attempt.arrived();
        }

        @Override
        protected void idle() {
            attempt.cancel(Cancellation.Cause.PER_TRY_IDLE_TIMEOUT);
        }
    }
}
