package dev.attache.core.policy;

import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Request;
import dev.failsafe.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The policies of one route, resolved: its timeout, the limits of one attempt, and what is repeated how often after
 * which wait. Immutable and safe for use by all threads; a request that brings wishes of its own has a copy made for it.
 */
public final class RoutePolicies {

    private final Deadlines deadlines;
    private final TimeLimit timeout;
    private final TimeLimit perTryTimeout;
    private final DeadlineQueue perTryIdleTimeout;
    private final RetryCondition condition;
    private final RetryPolicy<Outcome> retry;
    private final Backoff backoff;

    private RoutePolicies(
            Deadlines deadlines,
            TimeLimit timeout,
            TimeLimit perTryTimeout,
            DeadlineQueue perTryIdleTimeout,
            RetryCondition condition,
            int numRetries,
            Backoff backoff) {
        this.deadlines = deadlines;
        this.timeout = timeout;
        // A limit of one attempt that the route's own would beat is none; so Envoy has it.
        boolean beaten = !timeout.off() && perTryTimeout.nanos() >= timeout.nanos();
        this.perTryTimeout = beaten ? TimeLimit.ofRequest(deadlines, 0) : perTryTimeout;
        this.perTryIdleTimeout = perTryIdleTimeout;
        this.condition = condition;
        this.retry = retryPolicy(condition, numRetries, backoff);
        this.backoff = backoff;
    }

    /**
     * The policies of a route.
     *
     * @param timeout from the complete request to the end of the response; zero is off
     * @param retry   retry policy; {@link RetryPolicyConfig#NONE} for none
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    public static RoutePolicies of(Duration timeout, RetryPolicyConfig retry, Deadlines deadlines) {
        return new RoutePolicies(
                deadlines,
                TimeLimit.configured(deadlines, timeout),
                TimeLimit.configured(deadlines, retry.perTryTimeout()),
                deadlines.queue(retry.perTryIdleTimeout()),
                RetryCondition.of(retry),
                retry.numRetries(),
                Backoff.of(retry.baseInterval(), retry.maxInterval()));
    }

    /** These policies with what a request asks for. */
    public RoutePolicies with(RequestOverrides request) {
        return new RoutePolicies(
                deadlines,
                request.timeoutNanos == null ? timeout : TimeLimit.ofRequest(deadlines, request.timeoutNanos),
                request.perTryTimeoutNanos == null
                        ? perTryTimeout
                        : TimeLimit.ofRequest(deadlines, request.perTryTimeoutNanos),
                perTryIdleTimeout,
                condition.or(request.retryOn, request.statuses, request.responseHeaders),
                numRetries(request),
                backoff);
    }

    private int numRetries(RequestOverrides request) {
        if (request.maxRetries != null) {
            return request.maxRetries;
        }
        int configured = retry.getConfig().getMaxRetries();
        // A route without a policy has 0; a request that brings one gets Envoy's default.
        return condition.never() && !request.retryOn.isEmpty() ? Math.max(configured, 1) : configured;
    }

    private static RetryPolicy<Outcome> retryPolicy(RetryCondition condition, int numRetries, Backoff backoff) {
        return RetryPolicy.<Outcome>builder()
                // With a condition on results alone Failsafe would repeat after any exception as well.
                .handleIf((outcome, thrown) -> thrown == null && condition.matches(outcome))
                .withMaxRetries(numRetries)
                .withDelayFn(context -> Duration.ofNanos(backoff.nanos(
                        context.getAttemptCount(), ThreadLocalRandom.current().nextLong())))
                .build();
    }

    /** Whether there is nothing that a {@link PolicyChain} would do. */
    public boolean none() {
        return timeout.off() && perTryTimeout.off() && perTryIdleTimeout.nanos() == 0 && condition.never();
    }

    /** Whether an attempt may be repeated; where not, a request's body need not be kept. */
    public boolean mayRetry() {
        return !condition.never() && retry.getConfig().getMaxRetries() > 0;
    }

    /** Whether the route's policy lets this request be repeated at all. */
    public boolean admits(Request request) {
        return condition.admits(request);
    }

    /**
     * What the upstream is told that it has, in nanoseconds: the limit of an attempt, or else the route's; 0 where there
     * is none.
     */
    public long expectedNanos() {
        return perTryTimeout.off() ? timeout.nanos() : perTryTimeout.nanos();
    }

    /** Whether one attempt has a limit of its own. */
    boolean limitsAttempts() {
        return !perTryTimeout.off() || perTryIdleTimeout.nanos() != 0;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    TimeLimit timeout() {
        return timeout;
    }

    TimeLimit perTryTimeout() {
        return perTryTimeout;
    }

    DeadlineQueue perTryIdleTimeout() {
        return perTryIdleTimeout;
    }

    RetryCondition condition() {
        return condition;
    }

    RetryPolicy<Outcome> retry() {
        return retry;
    }
}
