package dev.attache.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.http.Body;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class EndpointStatsTest {

    private final EndpointStats stats = new EndpointStats();

    private void attempt(Outcome outcome) {
        stats.begun();
        stats.outcome(outcome);
        stats.ended();
    }

    private static Outcome status(int status) {
        return new Outcome.Answered(new Response(status, HttpFields.build(), Body.EMPTY));
    }

    @Test
    void countsWhatCameOfEachAttempt() {
        attempt(status(200));
        attempt(status(404));
        attempt(status(503));
        attempt(new Outcome.Failed(Failure.CONNECT_REFUSED));
        attempt(new Outcome.Failed(Failure.PER_TRY_TIMEOUT));
        attempt(new Outcome.Failed(Failure.ROUTE_TIMEOUT));

        assertThat(stats.rqTotal.sum()).isEqualTo(6);
        assertThat(stats.rqSuccess.sum()).isEqualTo(2);
        assertThat(stats.rqError.sum()).isEqualTo(4);
        assertThat(stats.rqTimeout.sum()).isEqualTo(2);
        assertThat(stats.rqActive.get()).isZero();
    }

    @Test
    void whatIsNotItsDoingIsNotCountedAgainstAnEndpoint() {
        attempt(new Outcome.Failed(Failure.DOWNSTREAM_GONE));
        attempt(new Outcome.Failed(Failure.OVERFLOW));

        assertThat(stats.rqTotal.sum()).isEqualTo(2);
        assertThat(stats.rqError.sum()).isZero();
        assertThat(stats.rqTimeout.sum()).isZero();
    }

    @Test
    void anAttemptIsActiveUntilItEnds() {
        stats.begun();
        stats.outcome(status(200));

        assertThat(stats.rqActive.get()).isEqualTo(1);
    }
}
