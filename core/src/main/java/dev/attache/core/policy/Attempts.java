package dev.attache.core.policy;

import dev.attache.core.http.Cancellation;

/**
 * What a {@link PolicyChain} runs: the attempts of one request, and what has to be known and counted between them. Called
 * on the request's thread.
 */
public interface Attempts {

    /** Makes one more attempt and waits for its response head; {@code cancellation} gives it up. */
    Outcome attempt(Cancellation cancellation);

    /** Whether the request can be sent once more: its body is still there from the beginning. */
    boolean repeatable();

    /** Whether there is an endpoint that no attempt has been made to. */
    boolean elsewhere();

    /** Takes a permit for one retry; false when as many as the cluster allows are in progress. */
    boolean acquireRetry();

    /** Gives the permit of a retry back. */
    void releaseRetry();

    /** This outcome is not the final one: another attempt follows. Closes its response. */
    void discarded(Outcome outcome);

    /** The last outcome was worth another attempt, but there were as many as there may be. */
    void retryLimitExceeded();

    /** A retry brought an outcome that needs no further one. */
    void retrySucceeded();
}
