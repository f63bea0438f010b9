package dev.attache.core.policy;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.StreamDurationConfig;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.Request;
import dev.failsafe.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

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
    private final TimeLimit streamDuration;
    private final boolean ownStreamDuration;
    private final @Nullable GrpcTimeout grpcTimeout;
    private final boolean ofGrpc;

    private RoutePolicies(
            Deadlines deadlines,
            TimeLimit timeout,
            TimeLimit perTryTimeout,
            DeadlineQueue perTryIdleTimeout,
            RetryCondition condition,
            RetryPolicy<Outcome> retry,
            Backoff backoff,
            TimeLimit streamDuration,
            boolean ownStreamDuration,
            @Nullable GrpcTimeout grpcTimeout,
            boolean ofGrpc) {
        this.deadlines = deadlines;
        this.timeout = timeout;
        // A limit of one attempt that the route's own would beat is none; so Envoy has it.
        boolean beaten = !timeout.off() && perTryTimeout.nanos() >= timeout.nanos();
        this.perTryTimeout = beaten ? TimeLimit.ofRequest(deadlines, 0) : perTryTimeout;
        this.perTryIdleTimeout = perTryIdleTimeout;
        this.condition = condition;
        this.retry = retry;
        this.backoff = backoff;
        this.streamDuration = streamDuration;
        this.ownStreamDuration = ownStreamDuration;
        this.grpcTimeout = grpcTimeout;
        this.ofGrpc = ofGrpc;
    }

    /**
     * The policies of a route that has only these.
     *
     * @param timeout from the complete request to the end of the response; zero is off
     * @param retry   retry policy; {@link RetryPolicyConfig#NONE} for none
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    static RoutePolicies of(Duration timeout, RetryPolicyConfig retry, Deadlines deadlines) {
        return of(timeout, retry, deadlines, Optional.empty(), null);
    }

    /**
     * The policies of a route.
     *
     * @param retry retry policy; {@link RetryPolicyConfig#NONE} for none
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    public static RoutePolicies of(ForwardConfig forward, RetryPolicyConfig retry, Deadlines deadlines) {
        Optional<Duration> whole = forward.streamDuration().flatMap(StreamDurationConfig::max);
        // The limit of the whole stream takes the place of the timeout, also where it is off; so Envoy has it.
        Duration timeout = forward.streamDuration().isPresent() ? Duration.ZERO : forward.timeout();
        return of(timeout, retry, deadlines, whole, GrpcTimeout.of(forward));
    }

    private static RoutePolicies of(
            Duration timeout,
            RetryPolicyConfig retry,
            Deadlines deadlines,
            Optional<Duration> streamDuration,
            @Nullable GrpcTimeout grpcTimeout) {
        RetryCondition condition = RetryCondition.of(retry);
        Backoff backoff = Backoff.of(retry.baseInterval(), retry.maxInterval());
        return new RoutePolicies(
                deadlines,
                TimeLimit.configured(deadlines, timeout),
                TimeLimit.configured(deadlines, retry.perTryTimeout()),
                deadlines.queue(retry.perTryIdleTimeout()),
                condition,
                retryPolicy(condition, retry.numRetries(), backoff),
                backoff,
                TimeLimit.configured(deadlines, streamDuration.orElse(Duration.ZERO)),
                streamDuration.isPresent(),
                grpcTimeout,
                false);
    }

    /** Whether what a gRPC request says of its time counts here. */
    public boolean obeyGrpcTimeout() {
        return grpcTimeout != null;
    }

    /**
     * These policies with the time that a request has because it is one of gRPC; any other request changes nothing.
     *
     * @param headers what is sent upstream; told there how much time that is
     */
    public RoutePolicies ofGrpc(HttpFields.Mutable headers) {
        if (grpcTimeout == null || !Grpc.isGrpc(headers)) {
            return this;
        }
        long asked = Grpc.timeoutNanos(headers);
        return switch (grpcTimeout) {
            case GrpcTimeout.OfStream rule -> {
                long nanos = rule.nanos(asked, streamDuration.nanos());
                if (nanos != 0) {
                    headers.put(Grpc.timeout(asked < 0 ? nanos : Math.min(asked, nanos)));
                }
                boolean own = ownStreamDuration || rule.obeys(asked);
                yield copy(timeout, TimeLimit.ofRequest(deadlines, nanos), own);
            }
            case GrpcTimeout.OfRoute rule ->
                copy(TimeLimit.ofRequest(deadlines, rule.nanos(asked)), streamDuration, ownStreamDuration);
        };
    }

    private RoutePolicies copy(TimeLimit newTimeout, TimeLimit newStreamDuration, boolean newOwnStreamDuration) {
        return new RoutePolicies(
                deadlines,
                newTimeout,
                perTryTimeout,
                perTryIdleTimeout,
                condition,
                retry,
                backoff,
                newStreamDuration,
                newOwnStreamDuration,
                grpcTimeout,
                true);
    }

    /** These policies with what a request asks for. */
    public RoutePolicies with(RequestOverrides request) {
        RetryCondition either = condition.or(request.retryOn, request.statuses, request.responseHeaders);
        return new RoutePolicies(
                deadlines,
                request.timeoutNanos == null ? timeout : TimeLimit.ofRequest(deadlines, request.timeoutNanos),
                request.perTryTimeoutNanos == null
                        ? perTryTimeout
                        : TimeLimit.ofRequest(deadlines, request.perTryTimeoutNanos),
                perTryIdleTimeout,
                either,
                retryPolicy(either, numRetries(request), backoff),
                backoff,
                streamDuration,
                ownStreamDuration,
                grpcTimeout,
                ofGrpc);
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

    /** Whether it is said here how long a stream may last, so that no other limit of that counts. */
    public boolean sayStreamDuration() {
        return ownStreamDuration;
    }

    /** Whether there is nothing that a {@link PolicyChain} would do. */
    public boolean none() {
        return timeout.off()
                && streamDuration.off()
                && perTryTimeout.off()
                && perTryIdleTimeout.nanos() == 0
                && condition.never();
    }

    /** Whether an attempt may be repeated. */
    public boolean mayRetry() {
        return !condition.never() && retry.getConfig().getMaxRetries() > 0;
    }

    /** Whether an attempt that has sent something of the request may be repeated: then its body must be kept. */
    public boolean mayRepeatBody() {
        return mayRetry() && !condition.connectsOnly();
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

    /** Whether the upstream is told {@link #expectedNanos} in the header of gRPC as well. */
    public boolean tellGrpcTimeout() {
        return ofGrpc && grpcTimeout instanceof GrpcTimeout.OfRoute;
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

    TimeLimit streamDuration() {
        return streamDuration;
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
