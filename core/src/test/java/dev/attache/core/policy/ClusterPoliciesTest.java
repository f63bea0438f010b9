package dev.attache.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.FailureBreakerConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.http.Body;
import dev.attache.core.http.Response;
import dev.attache.core.policy.ClusterPolicies.Admission;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class ClusterPoliciesTest {

    private final StatScope scope = Stats.create(StatsConfig.DEFAULT).cluster("search");

    private ClusterPolicies breaker(Duration delay, int probes) {
        return ClusterPolicies.of(
                Optional.of(FailureBreakerConfig.builder()
                        .failureRatePercent(50)
                        .minRequests(4)
                        .window(Duration.ofHours(1))
                        .delay(delay)
                        .probes(probes)
                        .build()),
                scope);
    }

    private static void attempt(ClusterPolicies policies, Outcome outcome) {
        Admission admission = policies.admit();
        assertThat(admission).isNotEqualTo(Admission.REFUSED);
        policies.report(admission, outcome);
    }

    private static Outcome answer(int status) {
        return new Outcome.Answered(new Response(status, HttpFields.build(), Body.EMPTY));
    }

    private static Outcome failed(Failure failure) {
        return new Outcome.Failed(failure);
    }

    @Test
    void withoutABreakerEverythingIsAdmitted() {
        ClusterPolicies policies = ClusterPolicies.of(Optional.empty(), scope);
        for (int i = 0; i < 1000; i++) {
            attempt(policies, answer(500));
        }
        assertThat(policies.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(policies.hasBreaker()).isFalse();
    }

    @Test
    void opensAtItsRateAndNotBeforeItsNumberOfRequests() {
        ClusterPolicies policies = breaker(Duration.ofHours(1), 1);
        attempt(policies, answer(200));
        attempt(policies, answer(503));
        attempt(policies, answer(404));
        assertThat(policies.state()).isEqualTo(BreakerState.CLOSED);
        attempt(policies, failed(Failure.CONNECT_REFUSED));
        assertThat(policies.state()).isEqualTo(BreakerState.OPEN);
        assertThat(policies.admit()).isEqualTo(Admission.REFUSED);
        assertThat(scope.scope("failure_breaker").counter("opened").value()).isEqualTo(1);
        assertThat(scope.scope("failure_breaker").counter("rejected").value()).isEqualTo(1);
        assertThat(scope.counter("upstream_rq_breaker_open").value()).isEqualTo(1);
    }

    @Test
    void aCallThatFailsInItsHeadersIsAFailure() {
        ClusterPolicies policies = breaker(Duration.ofHours(1), 1);
        for (String status : new String[] {"0", "5", "7", "16"}) {
            attempt(policies, grpc(status));
        }
        assertThat(policies.state()).isEqualTo(BreakerState.CLOSED);
        for (String status : new String[] {"14", "13", "4", "2"}) {
            attempt(policies, grpc(status));
        }
        assertThat(policies.state()).isEqualTo(BreakerState.OPEN);
    }

    private static Outcome grpc(String status) {
        return new Outcome.Answered(new Response(200, HttpFields.build().put("grpc-status", status), Body.EMPTY));
    }

    @Test
    void whatIsNotTheUpstreamsFaultDoesNotCount() {
        ClusterPolicies policies = breaker(Duration.ofHours(1), 1);
        for (int i = 0; i < 100; i++) {
            attempt(policies, failed(Failure.DOWNSTREAM_GONE));
            attempt(policies, failed(Failure.DOWNSTREAM_PROTOCOL_ERROR));
            attempt(policies, failed(Failure.OVERFLOW));
        }
        assertThat(policies.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void closesAgainWhenAllProbesSucceed() {
        ClusterPolicies policies = breaker(Duration.ZERO, 2);
        open(policies);
        Admission first = policies.admit();
        Admission second = policies.admit();
        assertThat(first).isEqualTo(Admission.PROBE);
        assertThat(second).isEqualTo(Admission.PROBE);
        assertThat(policies.admit()).isEqualTo(Admission.REFUSED);
        policies.report(first, answer(200));
        assertThat(policies.state()).isEqualTo(BreakerState.HALF_OPEN);
        policies.report(second, answer(404));
        assertThat(policies.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void opensAgainWhenAProbeFails() {
        ClusterPolicies policies = breaker(Duration.ZERO, 2);
        open(policies);
        Admission probe = policies.admit();
        policies.report(probe, answer(500));
        assertThat(policies.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void aProbeWhoseClientLeavesDoesNotHoldTheBreakerForEver() {
        ClusterPolicies policies = breaker(Duration.ZERO, 1);
        open(policies);
        Admission probe = policies.admit();
        policies.report(probe, failed(Failure.DOWNSTREAM_GONE));
        Admission next = policies.admit();
        assertThat(next).isEqualTo(Admission.PROBE);
        policies.report(next, answer(200));
        assertThat(policies.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void anAttemptFromBeforeTheOpeningIsNoProbe() {
        ClusterPolicies policies = breaker(Duration.ZERO, 1);
        Admission old = policies.admit();
        open(policies);
        Admission probe = policies.admit();
        policies.report(old, answer(200));
        assertThat(policies.state()).isEqualTo(BreakerState.HALF_OPEN);
        policies.report(probe, answer(200));
        assertThat(policies.state()).isEqualTo(BreakerState.CLOSED);
    }

    private static void open(ClusterPolicies policies) {
        for (int i = 0; i < 4; i++) {
            attempt(policies, answer(500));
        }
        assertThat(policies.state()).isEqualTo(BreakerState.OPEN);
    }
}
