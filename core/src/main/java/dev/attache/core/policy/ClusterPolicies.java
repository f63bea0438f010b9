package dev.attache.core.policy;

import dev.attache.core.config.FailureBreakerConfig;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.GrpcStatus;
import dev.attache.core.http.Response;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;
import dev.failsafe.CircuitBreaker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What protects a whole cluster, whichever route leads to it: a breaker that opens while too many attempts fail. Its
 * stats are {@code failure_breaker.state} (0 closed, 1 half open, 2 open), {@code .opened} and {@code .rejected}, the last
 * also under the name {@code upstream_rq_breaker_open}, beside those of the other refusals. Safe for use by all threads.
 */
public final class ClusterPolicies {

    /** Whether an attempt may be made, and how its outcome counts. */
    public enum Admission {
        REFUSED,
        ADMITTED,
        /** One of the attempts that a half-open breaker lets through; its outcome must be reported, whatever it is. */
        PROBE
    }

    /** Of Failsafe's; a shorter window counts nothing. */
    private static final Duration SHORTEST_WINDOW = Duration.ofMillis(10);

    private final @Nullable CircuitBreaker<Object> breaker;
    private final List<Counter> refused;

    private ClusterPolicies(@Nullable CircuitBreaker<Object> breaker, List<Counter> refused) {
        this.breaker = breaker;
        this.refused = refused;
    }

    /**
     * The policies of a cluster.
     *
     * @param config  failure-rate breaker; empty means that every attempt is admitted
     * @param cluster {@code cluster.<name>.}; without a breaker there are no stats of one
     */
    public static ClusterPolicies of(Optional<FailureBreakerConfig> config, StatScope cluster) {
        if (config.isEmpty()) {
            return new ClusterPolicies(null, List.of());
        }
        StatScope scope = cluster.scope("failure_breaker");
        Counter opened = scope.counter("opened");
        List<Counter> refused = List.of(scope.counter("rejected"), cluster.counter("upstream_rq_breaker_open"));
        return new ClusterPolicies(breaker(config.get(), opened), refused);
    }

    /** Shows the state of the breaker in {@code cluster.<name>.}, where there is one. */
    public void show(StatScope cluster) {
        if (breaker != null) {
            cluster.scope("failure_breaker").gauge("state", () -> state().ordinal());
        }
    }

    private static CircuitBreaker<Object> breaker(FailureBreakerConfig config, Counter opened) {
        Duration window = config.window();
        return CircuitBreaker.builder()
                .withFailureRateThreshold(
                        config.failureRatePercent(),
                        config.minRequests(),
                        window.compareTo(SHORTEST_WINDOW) < 0 ? SHORTEST_WINDOW : window)
                .withDelay(config.delay())
                .withSuccessThreshold(config.probes())
                .onOpen(event -> opened.increment())
                .build();
    }

    /** What the breaker does; closed where there is none. */
    public BreakerState state() {
        if (breaker == null) {
            return BreakerState.CLOSED;
        }
        return switch (breaker.getState()) {
            case CLOSED -> BreakerState.CLOSED;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            case OPEN -> BreakerState.OPEN;
        };
    }

    /** Whether there is a breaker at all. */
    public boolean hasBreaker() {
        return breaker != null;
    }

    /** Asks for one attempt; unless it is refused, {@link #report} must follow. */
    public Admission admit() {
        if (breaker == null) {
            return Admission.ADMITTED;
        }
        if (!breaker.tryAcquirePermit()) {
            refused.forEach(Counter::increment);
            return Admission.REFUSED;
        }
        return breaker.isHalfOpen() ? Admission.PROBE : Admission.ADMITTED;
    }

    /** Says what became of an attempt that was admitted. */
    public void report(Admission admission, Outcome outcome) {
        if (breaker == null) {
            return;
        }
        // An attempt from before the breaker opened says nothing about the probes.
        if (admission == Admission.ADMITTED && !breaker.isClosed()) {
            return;
        }
        switch (verdict(outcome)) {
            case SUCCESS -> breaker.recordSuccess();
            case FAILURE -> breaker.recordFailure();
            case NEITHER -> {
                // A probe that tells nothing must still give its permit back, or the breaker would wait for it for
                // ever.
                if (admission == Admission.PROBE) {
                    breaker.recordFailure();
                }
            }
        }
    }

    private enum Verdict {
        SUCCESS,
        FAILURE,
        NEITHER
    }

    private static Verdict verdict(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Answered(var response) -> isFailure(response) ? Verdict.FAILURE : Verdict.SUCCESS;
            case Outcome.Failed(Failure failure, String reason) ->
                failure.upstreamsFault() ? Verdict.FAILURE : Verdict.NEITHER;
        };
    }

    /** A gRPC upstream that has nothing but a failure to tell says so in its headers. */
    private static boolean isFailure(Response response) {
        if (response.status() >= 500) {
            return true;
        }
        String grpc = response.headers().get(Grpc.STATUS);
        return grpc != null && GrpcStatus.toHttp(GrpcStatus.parse(grpc)) >= 500;
    }
}
