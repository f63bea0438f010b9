package dev.attache.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.http.Body;
import dev.attache.core.http.Response;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestOverridesTest {

    private static RequestOverrides read(String name, String value) {
        return RequestOverrides.of(HttpFields.build().add(name, value));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1000000", "2147483647, 2147483647000000"})
    void readsTimeoutsInMilliseconds(String value, long nanos) {
        assertThat(read("x-envoy-upstream-rq-timeout-ms", value).timeoutNanos).isEqualTo(nanos);
        assertThat(read("X-Envoy-Upstream-RQ-Per-Try-Timeout-MS", value).perTryTimeoutNanos)
                .isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1s", "0x10", "2147483648", "99999999999999999999", "1 2", "+1", "١"})
    void passesOverBadTimeouts(String value) {
        assertThat(read("x-envoy-upstream-rq-timeout-ms", value).timeoutNanos).isNull();
        assertThat(read("x-envoy-upstream-rq-per-try-timeout-ms", value).perTryTimeoutNanos)
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3, 3", "10, 10", "11, 10", "1000000, 10"})
    void boundsTheRetriesThatAHeaderAsksFor(String value, int retries) {
        assertThat(read("x-envoy-max-retries", value).maxRetries).isEqualTo(retries);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "many"})
    void passesOverBadRetries(String value) {
        assertThat(read("x-envoy-max-retries", value).maxRetries).isNull();
    }

    @Test
    void addsConditionsToThoseOfTheRoute() {
        HttpFields headers = HttpFields.build()
                .add("x-envoy-retry-on", "retriable-4xx, nonsense,Retriable-Status-Codes")
                .add("x-envoy-retry-grpc-on", "unavailable")
                .add("x-envoy-retriable-status-codes", "418, x, 70000, 425")
                .add("x-envoy-retriable-header-names", "x-again")
                .add("x-envoy-retry-on", "retriable-headers");
        RequestOverrides overrides = RequestOverrides.of(headers);
        assertThat(overrides.statuses).containsExactlyInAnyOrder(418, 425);
        RetryCondition condition = RetryCondition.of(dev.attache.core.config.RetryPolicyConfig.NONE)
                .or(overrides.retryOn, overrides.statuses, overrides.responseHeaders);
        assertThat(condition.matches(answer(409))).isTrue();
        assertThat(condition.matches(answer(418))).isTrue();
        assertThat(condition.matches(answer(425))).isTrue();
        assertThat(condition.matches(answer(200, "x-again", "1"))).isTrue();
        assertThat(condition.matches(answer(200, "grpc-status", "14"))).isTrue();
        assertThat(condition.matches(answer(503))).isFalse();
    }

    @Test
    void takesEachConditionFromItsOwnHeaderAlone() {
        RequestOverrides overrides = RequestOverrides.of(HttpFields.build()
                .add("x-envoy-retry-on", "unavailable,reset")
                .add("x-envoy-retry-grpc-on", "5xx,cancelled"));

        assertThat(overrides.retryOn)
                .containsExactlyInAnyOrder(RetryCondition.Token.RESET, RetryCondition.Token.CANCELLED);
    }

    @Test
    void knowsWhichHeadersAreItsOwn() {
        assertThat(RequestOverrides.isConsumed(new HttpField("X-Envoy-Max-Retries", "1")))
                .isTrue();
        assertThat(RequestOverrides.isConsumed(new HttpField("x-envoy-expected-rq-timeout-ms", "1")))
                .isFalse();
        assertThat(RequestOverrides.isEnvoy(new HttpField("x-envoy-expected-rq-timeout-ms", "1")))
                .isTrue();
        assertThat(RequestOverrides.isEnvoy(new HttpField("x-envoi", "1"))).isFalse();
    }

    private static Outcome answer(int status, String... header) {
        HttpFields.Mutable fields = HttpFields.build();
        if (header.length > 0) {
            fields.add(header[0], header[1]);
        }
        return new Outcome.Answered(new Response(status, fields, Body.EMPTY));
    }
}
